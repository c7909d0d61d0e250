/** Which compiled-in plugins an entry of the catalog can stand in for. Measured on both products. */
import type { PluginId } from './names.ts'

/** Compiled in before the catalog is asked: a reload says success, and the builtin runs on. */
const NOT_OVERRIDABLE: ReadonlySet<string> = new Set(['secret/kv', 'secret/database'])

export function isOverridable(plugin: PluginId): boolean {
  return !NOT_OVERRIDABLE.has(plugin)
}
