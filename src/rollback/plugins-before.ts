/** The desired entries of a rollback: as they were before the run. Pure. */
import type { Entry } from '../documents/plan.generated.ts'
import type { DesiredPlugin, DesiredVersion, EnvironmentVariable } from '../domain/desired.ts'
import {
  compareText,
  isBuiltinVersion,
  LATEST,
  type PluginId,
  UNVERSIONED,
  type Version,
  versionLabel,
} from '../domain/names.ts'
import { startsUnder } from '../domain/live-index.ts'
import { environmentOfEntry } from '../plan/past.ts'
import { contentOf, registrable, sameEntry } from '../plan/steps.ts'
import { type RollbackContext, sourceOf } from './rollback-sources.ts'

/**
 * A plugin of a rollback: the entries that the run found, with what `file` declares about their data.
 * Adds to `notes` what cannot be restored.
 */
export function pluginBefore(id: PluginId, known: RollbackContext, notes: string[]): DesiredPlugin {
  const { started, index, file } = known
  const { before } = started
  const source = sourceOf(started)
  const inFile = file?.plugins.find((plugin) => plugin.id === id)
  const kept = new Set<Version>([
    ...before.entries.flatMap(({ plugin, version, entry }) =>
      plugin === id && entry !== null ? version : [],
    ),
    ...[...before.mounts, ...before.connections].flatMap(({ plugin, version }) =>
      plugin === id && version !== null && version !== LATEST && !isBuiltinVersion(version)
        ? version
        : [],
    ),
    ...(before.mounts.some(({ plugin, version }) => plugin === id && version === LATEST)
      ? registeredBefore(id, known)
      : []),
  ])
  const versions = [...kept].flatMap((version): DesiredVersion[] => {
    const entry = entryBefore(id, version, known)
    const declared = inFile?.versions.find((listed) => listed.version === version)
    if (entry === null) {
      if (version === UNVERSIONED) return []
      if (declared === undefined) notes.push(unknownEntry(id, version))
      return declared === undefined ? [] : [declared]
    }
    const same = declared?.sha256 === entry.sha256 ? declared : undefined
    const env = same?.env ?? environmentOf(id, version, entry, known, notes)
    return [{ version, ...entry, env, data: same?.data ?? {}, source: same?.source ?? source }]
  })
  // Newer versions of the file are kept: their `data` says whether an older version may read their
  // data, and versions that the file lists stay registered.
  const newer = (inFile?.versions ?? []).filter(
    ({ version }) => version !== UNVERSIONED && !kept.has(version),
  )
  const listed = new Set(newer.map(({ version }) => version))
  const registered = registeredBy(id, known)
  for (const version of registered) {
    if (listed.has(version)) notes.push(`${id} ${version} stays registered: the file lists it.`)
  }
  const registeredNow = newer.filter(({ version }) => index.external(id, version) !== undefined)
  return {
    id,
    overridesBuiltin: index.isBuiltin(id),
    versions: [...versions, ...registeredNow].sort((a, b) => compareText(a.version, b.version)),
    retire: registered
      .filter((version) => !listed.has(version))
      .map((version) => ({ version, source })),
    source: inFile?.source ?? source,
  }
}

/**
 * The versions that were registered when the run began: those that the run changed, and those that
 * are registered now.
 */
export function registeredBefore(id: PluginId, { started, index }: RollbackContext): Version[] {
  const changed = started.before.entries.filter(({ plugin }) => plugin === id)
  const isChanged = (version: Version): boolean =>
    changed.some((entry) => entry.version === version)
  return [
    ...changed.flatMap(({ version, entry }) => (entry === null ? [] : version)),
    ...index.externals(id).flatMap(({ version }) => (isChanged(version) ? [] : version)),
  ]
}

function unknownEntry(id: PluginId, version: Version): string {
  return `${id} ${versionLabel(version)} is not registered any more, and no journal of this machine has its entry: its mounts are not rolled back. Give a file that lists it with -f.`
}

/**
 * The versions that the run registered, without those that a mount made by the run uses: that mount
 * stays.
 */
function registeredBy(id: PluginId, { started, live, index }: RollbackContext): Version[] {
  const { before } = started
  const made = new Set<string>(
    before.mounts.flatMap(({ mount, version }) => (version === null ? mount : [])),
  )
  const inUse = new Set<Version>(
    live.mounts.flatMap((mount) =>
      mount.plugin === id && made.has(mount.path)
        ? (startsUnder(index, id, mount.configured_version) ?? [])
        : [],
    ),
  )
  return before.entries.flatMap(({ plugin, version, entry }) =>
    plugin === id && entry === null && !inUse.has(version) ? version : [],
  )
}

/**
 * The environment that an earlier run registered the entry with, from the journals. No server
 * reports an environment.
 */
function environmentOf(
  id: PluginId,
  version: Version,
  entry: Entry,
  { past, index }: RollbackContext,
  notes: string[],
): EnvironmentVariable[] {
  const registeredNow = contentOf(index.external(id, version))
  if (registeredNow !== undefined && sameEntry(registeredNow, entry)) return []
  const names = environmentOfEntry(past, { plugin: id, version, entry })
  if (names === undefined) {
    notes.push(
      `${id} ${versionLabel(version)} would be registered without an environment: no journal of this machine says whether it had one. If it had, give a file that says it with -f.`,
    )
    return []
  }
  return names.flatMap(({ name, from }) => {
    if (from !== undefined) return { name, from }
    notes.push(
      `${id} ${versionLabel(version)} had ${name} in its environment, whose value was written in a file. Give that file with -f.`,
    )
    return []
  })
}

/**
 * The entry that was registered when the run began. Null: none, or unknown. If the version was
 * retired since, the journal of the run that retired it has the entry.
 */
export function entryBefore(
  plugin: PluginId,
  version: Version,
  { started, index, runs }: RollbackContext,
): Entry | null {
  const matches = (entry: { readonly plugin: PluginId; readonly version: Version }): boolean =>
    entry.plugin === plugin && entry.version === version
  const changed = started.before.entries.find(matches)
  if (changed !== undefined) return registrable(changed.entry ?? undefined) ?? null
  const registeredNow = registrable(contentOf(index.external(plugin, version)))
  // Without a version, there may have been no entry when this run began: an older run's record of
  // the unversioned entry proves nothing about that.
  if (registeredNow !== undefined || version === UNVERSIONED) return registeredNow ?? null
  const found = runs
    .flat()
    .flatMap((event) => (event.event === 'run_started' ? event.before.entries.filter(matches) : []))
  return (
    found
      .map(({ entry }) => registrable(entry ?? undefined))
      .findLast((entry) => entry !== undefined) ?? null
  )
}
