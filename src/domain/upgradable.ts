/** Which plugins can be upgraded: those that run an external binary, or should. */
import type { CatalogEntry } from './live.ts'
import { isOverridable } from './overridable.ts'
import type { PluginId } from './names.ts'

/**
 * Returns a function that is true for a plugin with an external entry, and for a plugin that the
 * catalog does not list: its last entry is gone, and its mounts are lost at their next restart. The
 * servers list no builtin for some names that cannot be overridden.
 */
export function upgradablePlugins(catalog: readonly CatalogEntry[]): (plugin: PluginId) => boolean {
  const compiledIn = new Set<PluginId>()
  const external = new Set<PluginId>()
  for (const { plugin, builtin } of catalog) (builtin ? compiledIn : external).add(plugin)
  return (plugin) => external.has(plugin) || (!compiledIn.has(plugin) && isOverridable(plugin))
}
