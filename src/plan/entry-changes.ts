/**
 * Finds what a plan does to one plugin's entries, sorted by how that affects the plugin's mounts.
 */
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
  /** Registrations under versions that no mount runs now. */
  readonly added: readonly Registration[]
  /** Registrations that change the entry of a version while mounts run it and stay on it. */
  readonly underMounts: readonly Registration[]
  /**
   * Registrations of versions higher than any registered one, the highest first, if mounts are
   * configured for `latest`: after each, those mounts start the new highest version.
   */
  readonly raising: readonly Registration[]
  /** The registration of the unversioned entry, which all mounts without a version share. */
  readonly inPlace: Registration | undefined
  /**
   * The unversioned entry that hides the builtin. It must be deregistered before the mounts can run
   * the builtin or be tuned to its version.
   */
  readonly reverted: CatalogEntry | undefined
  /** The entry under each version after the registrations. */
  readonly entriesAfter: ReadonlyMap<Version, SeenEntry>
}

/** The changes of one plugin’s entries. */
export function findEntryChanges(
  plugin: DesiredPlugin,
  targets: Targets,
  { index, past }: { readonly index: LiveIndex; readonly past: Past },
): EntryChanges {
  const registrations = findRegistrations(plugin, index, past)
  const inPlace = registrations.find(({ version }) => version.version === UNVERSIONED)
  const versioned = registrations.filter((registration) => registration !== inPlace)
  const isUnderMounts = (registration: Registration): boolean =>
    registration.before !== null &&
    targets.mounts.some((target) => staysOn(target, registration, index))
  const raising = findRaising(plugin, versioned, index)
  return {
    added: versioned.filter((entry) => !isUnderMounts(entry) && !raising.includes(entry)),
    raising,
    underMounts: versioned.filter(isUnderMounts),
    inPlace,
    reverted: findReverted(plugin, targets, index),
    entriesAfter: findEntriesAfter(plugin, registrations, index),
  }
}

/** The registration of a version. Undefined if the plan does not register the version. */
export function registrationOf(
  { added, raising, underMounts, inPlace }: EntryChanges,
  version: Version,
): Registration | undefined {
  if (version === UNVERSIONED) return inPlace
  return [...added, ...raising, ...underMounts].find((one) => one.version.version === version)
}

/** Whether a mount runs the registration's version and stays on it. */
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

function findEntriesAfter(
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
