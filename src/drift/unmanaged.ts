/**
 * External plugins that no file names, and entries of named plugins that the file neither lists
 * nor retires. Lockstep leaves them alone, so they are reported but never drift.
 */
import type { FoundDifference } from './found-difference.ts'
import type { DesiredState } from '../domain/desired.ts'
import type { CatalogEntry } from '../domain/live.ts'
import { upgradablePlugins } from '../domain/upgradable.ts'
import { BUILTIN, type PluginId } from '../domain/names.ts'
import { entrySubject } from '../plan/steps.ts'
import type { Comparison } from './comparison.ts'
import { configuredLabel, entryLabel } from './wording.ts'

export function findUnmanaged(desired: DesiredState, { live }: Comparison): FoundDifference[] {
  const named = new Set<PluginId>(desired.plugins.map(({ id }) => id))
  const listed = new Set(
    desired.plugins.flatMap(({ id, versions, retire }) =>
      [...versions, ...retire].map(({ version }) => entrySubject(id, version)),
    ),
  )
  const entries = live.catalog
    .filter((entry) => !entry.builtin && !listed.has(entrySubject(entry.plugin, entry.version)))
    .map((entry) => unmanagedEntry(entry, named.has(entry.plugin)))
  const isUpgradable = upgradablePlugins(live.catalog)
  const isForeign = (plugin: PluginId): boolean => !named.has(plugin) && isUpgradable(plugin)
  const mounts = live.mounts
    .filter(
      ({ plugin, nodes }) =>
        isForeign(plugin) ||
        // An unversioned entry that overrode a builtin may be gone from the catalog.
        (!named.has(plugin) && nodes.some(({ running_sha256 }) => running_sha256 !== BUILTIN)),
    )
    .map(({ path, plugin, configured_version }): FoundDifference => ({
      ...unnamed(plugin),
      subject: path,
      mount: path,
      found: `configured for ${configuredLabel(configured_version)}`,
    }))
  const connections = live.connections
    .filter(({ plugin }) => isForeign(plugin))
    .map(({ path, plugin, version }): FoundDifference => ({
      ...unnamed(plugin),
      subject: path,
      found: `uses ${configuredLabel(version)}`,
    }))
  return [...entries, ...mounts, ...connections]
}

function unmanagedEntry(entry: CatalogEntry, isNamed: boolean): FoundDifference {
  return {
    ...unnamed(entry.plugin),
    subject: entrySubject(entry.plugin, entry.version),
    found: entryLabel(entry, new Set(['sha256'])),
    ...(isNamed && {
      cause: 'the file names the plugin, and neither lists nor retires this version',
      fix: 'list it under `versions`; to remove it, list it under `retire`',
    }),
  }
}

function unnamed(plugin: PluginId) {
  return {
    class: 'unmanaged' as const,
    plugin,
    desired: 'not named',
    cause: 'no file names this plugin',
    fix: 'to manage it, add it to the file: `lockstep import` writes the lines',
  }
}
