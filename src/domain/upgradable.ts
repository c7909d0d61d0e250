/** Which plugins are anybody's to upgrade: those that run an external binary, or should. */
import type { CatalogEntry } from './live.ts'
import { isOverridable } from './overridable.ts'
import type { PluginId } from './names.ts'

/**
 * True of a plugin with an external entry, and of one that the catalog does not list at all: its
 * last entry is gone, and its mounts with it at their next restart. The servers list no builtin
 * of some names that nothing can override.
 */
export function upgradablePlugins(catalog: readonly CatalogEntry[]): (plugin: PluginId) => boolean {
  const compiledIn = new Set<PluginId>()
  const external = new Set<PluginId>()
  for (const { plugin, builtin } of catalog) (builtin ? compiledIn : external).add(plugin)
  return (plugin) => external.has(plugin) || (!compiledIn.has(plugin) && isOverridable(plugin))
}
