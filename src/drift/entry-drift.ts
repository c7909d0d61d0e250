/**
 * The differences of the catalog: listed versions that are missing or differ, and retired versions
 * that are still registered. The environment is not compared: servers never return it.
 */
import type { FoundDifference } from './found-difference.ts'
import type { DesiredPlugin, DesiredVersion } from '../domain/desired.ts'
import type { CatalogEntry } from '../domain/live.ts'
import { runEverywhere, startsUnder } from '../domain/live-index.ts'
import { isOtherBinary, type PluginId, UNVERSIONED } from '../domain/names.ts'
import { entrySubject } from '../plan/steps.ts'
import { findUses } from '../plan/uses.ts'
import { type Comparison, countUsers, keptVersion, writtenAt } from './comparison.ts'
import { countMountsOrConnections, entryLabel, type EntryField } from './wording.ts'

export function findEntryDrift(plugin: DesiredPlugin, comparison: Comparison): FoundDifference[] {
  return [
    ...plugin.versions.flatMap((version) => {
      if (keptVersion(plugin, version.version) === undefined) return []
      const entry = comparison.index.external(plugin.id, version.version)
      return entry === undefined
        ? [reportUnregistered(plugin.id, version, comparison)]
        : findEntryDifference({ plugin: plugin.id, version, entry }, comparison)
    }),
    ...plugin.retire.flatMap((retired) => {
      const entry = comparison.index.external(plugin.id, retired.version)
      return entry === undefined ? [] : [reportRetirePending(entry, retired, comparison)]
    }),
  ]
}

function reportUnregistered(
  plugin: PluginId,
  version: DesiredVersion,
  { index, apply }: Comparison,
): FoundDifference {
  const users = countUsers(plugin, version.version, index)
  const used =
    users === 0
      ? ''
      : `; ${countMountsOrConnections(users)} configured for it would be down after a restart`
  return {
    class: 'not-registered',
    subject: entrySubject(plugin, version.version),
    plugin,
    desired: `${version.command}, sha256 ${version.sha256}`,
    found: 'nothing',
    cause: `not in the catalog${used}`,
    fix: apply,
    ...writtenAt(version.source),
  }
}

interface ComparedEntry {
  readonly plugin: PluginId
  readonly version: DesiredVersion
  readonly entry: CatalogEntry
}

function findEntryDifference(compared: ComparedEntry, comparison: Comparison): FoundDifference[] {
  const { plugin, version, entry } = compared
  const { index } = comparison
  const fields = differingFields(version, entry)
  if (fields.size === 0) return []
  const users = countUsers(plugin, version.version, index)
  const what = fields.has('sha256')
    ? 'the catalog holds another binary under this version'
    : 'the catalog holds this version with another command or other arguments'
  const used =
    users === 0 ? '' : `; a reload or restart would start it for ${countMountsOrConnections(users)}`
  return [
    {
      class: 'hash-differs',
      subject: entrySubject(plugin, version.version),
      plugin,
      desired: entryLabel(version, fields),
      found: entryLabel(entry, fields),
      cause: `${what}${used}`,
      fix: entry.declarative
        ? 'change it in the configuration of the servers: it is declared there, and the API cannot change it'
        : describeEntryFix(compared, fields, comparison),
      ...writtenAt(version.source),
    },
  ]
}

/** Apply refuses to change the binary of a version, unless all its mounts run the new one already. */
function describeEntryFix(
  { plugin, version: { version, sha256 } }: ComparedEntry,
  fields: ReadonlySet<EntryField>,
  { index, apply }: Comparison,
): string {
  const mounts = index
    .mountsOf(plugin)
    .filter((mount) => startsUnder(index, plugin, mount.configured_version) === version)
  const isRefused =
    fields.has('sha256') && version !== UNVERSIONED && !runEverywhere(mounts, sha256)
  return isRefused
    ? `find out who registered it; then correct the hash in the file, or give the file’s binary its own version: ${apply} refuses to change the binary of a version (sha256-changed)`
    : `find out who registered it; ${apply} registers what the file says`
}

/**
 * The fields that differ. A hash that the server does not report is `unreadable`, not a difference,
 * and so is a command that could not be read. Absent and empty arguments are the same.
 */
function differingFields(version: DesiredVersion, entry: CatalogEntry): ReadonlySet<EntryField> {
  const fields = new Set<EntryField>()
  if (isOtherBinary(entry.sha256, version.sha256)) fields.add('sha256')
  if (entry.command === undefined) return fields
  if (entry.command !== version.command) fields.add('command')
  const args = entry.args ?? []
  const same =
    args.length === version.args.length && args.every((arg, at) => arg === version.args[at])
  return same ? fields : fields.add('args')
}

/** How many users a difference names; the others are counted. */
const USES_NAMED = 3

function reportRetirePending(
  entry: CatalogEntry,
  retired: DesiredPlugin['retire'][number],
  { live, apply }: Comparison,
): FoundDifference {
  const uses = findUses(live, entry).map(({ description }) => description)
  const more = uses.length - USES_NAMED
  const named = uses.slice(0, USES_NAMED).join('; ') + (more > 0 ? `; and ${more} more` : '')
  return {
    class: 'retire-pending',
    subject: entrySubject(entry.plugin, entry.version),
    plugin: entry.plugin,
    desired: 'not registered',
    found: entryLabel(entry, new Set(['sha256'])),
    cause:
      uses.length === 0 ? 'still registered, though nothing uses it' : `still registered: ${named}`,
    fix: entry.declarative
      ? 'remove it from the configuration of the servers: it is declared there, and the API cannot remove it'
      : uses.length === 0
        ? apply
        : `${apply} deregisters it once nothing uses it`,
    ...writtenAt(retired.source),
  }
}
