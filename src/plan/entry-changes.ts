/** What a plan does to one plugin's entries in the catalog, as far as its mounts are touched by it. */
import type { DesiredPlugin } from '../domain/desired.ts'
import type { CatalogEntry } from '../domain/live.ts'
import { highestVersion } from '../domain/latest.ts'
import { type LiveIndex, startsUnder } from '../domain/live-index.ts'
import { LATEST, UNVERSIONED, type Version } from '../domain/names.ts'
import type { Past } from './past.ts'
import { findRegistrations, type Registration } from './register.ts'
import { contentOf, type SeenEntry } from './steps.ts'
import type { MountTarget, Targets } from './targets.ts'

export interface EntryChanges {
  /** Under versions that no mount is on by now. */
  readonly added: readonly Registration[]
  /** Of versions that are registered otherwise while mounts that stay on them run them. */
  readonly underMounts: readonly Registration[]
  /**
   * Of versions higher than any that is registered, the highest first, where mounts are configured
   * for `latest`: from then on each of them starts the highest one.
   */
  readonly raising: readonly Registration[]
  /** Of the unversioned entry, which all mounts without a version share. */
  readonly inPlace: Registration | undefined
  /**
   * The unversioned entry that stands before the compiled-in plugin and must go before the mounts
   * can fall back to it, and before they can be tuned to its version.
   */
  readonly reverted: CatalogEntry | undefined
  /** What is registered under each version once the registrations are done. */
  readonly byThen: ReadonlyMap<Version, SeenEntry>
}

export function findEntryChanges(
  plugin: DesiredPlugin,
  targets: Targets,
  { index, past }: { readonly index: LiveIndex; readonly past: Past },
): EntryChanges {
  const registrations = findRegistrations(plugin, index, past)
  const inPlace = registrations.find(({ version }) => version.version === UNVERSIONED)
  const versioned = registrations.filter((one) => one !== inPlace)
  const isUnderMounts = (one: Registration): boolean =>
    one.before !== null && targets.mounts.some((target) => staysOn(target, one, index))
  const raising = findRaising(plugin, versioned, index)
  return {
    added: versioned.filter((one) => !isUnderMounts(one) && !raising.includes(one)),
    raising,
    underMounts: versioned.filter(isUnderMounts),
    inPlace,
    reverted: findReverted(plugin, targets, index),
    byThen: findEntriesByThen(plugin, registrations, index),
  }
}

/** The registration of a version, where there is one. */
export function registrationOf(
  { added, raising, underMounts, inPlace }: EntryChanges,
  version: Version,
): Registration | undefined {
  if (version === UNVERSIONED) return inPlace
  return [...added, ...raising, ...underMounts].find((one) => one.version.version === version)
}

/** Whether a mount is on the version that is registered, and is to stay on it. */
export function staysOn(
  { mount, version }: MountTarget,
  registration: Registration,
  index: LiveIndex,
): boolean {
  return (
    version === registration.version.version &&
    startsUnder(index, mount.plugin, mount.configured_version) === version
  )
}

function findRaising(
  plugin: DesiredPlugin,
  versioned: readonly Registration[],
  index: LiveIndex,
): readonly Registration[] {
  const follows = index
    .mountsOf(plugin.id)
    .some(({ configured_version }) => configured_version === LATEST)
  if (!follows || index.pinOf(plugin.id) !== undefined) return []
  const highest = index.latestOf(plugin.id) ?? UNVERSIONED
  const isHigher = ({ version: { version } }: Registration): boolean =>
    version !== highest && highestVersion([highest, version]) === version
  return versioned
    .filter((one) => one.before === null && isHigher(one))
    .sort((a, b) =>
      highestVersion([a.version.version, b.version.version]) === a.version.version ? -1 : 1,
    )
}

function findReverted(
  plugin: DesiredPlugin,
  targets: Targets,
  index: LiveIndex,
): CatalogEntry | undefined {
  const retired = plugin.retire.some(({ version }) => version === UNVERSIONED)
  const toBuiltin = targets.mounts.some(({ use }) => use.kind === 'builtin')
  return retired && toBuiltin ? index.external(plugin.id, UNVERSIONED) : undefined
}

function findEntriesByThen(
  plugin: DesiredPlugin,
  registrations: readonly Registration[],
  index: LiveIndex,
): ReadonlyMap<Version, SeenEntry> {
  const entries = new Map<Version, SeenEntry>()
  for (const live of index.externals(plugin.id)) {
    const content = contentOf(live)
    if (content !== undefined) entries.set(live.version, content)
  }
  for (const { version, after } of registrations) entries.set(version.version, after)
  return entries
}
