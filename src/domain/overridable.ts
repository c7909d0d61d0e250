/** Which builtins a catalog entry can override. Measured on both products. */
import type { PluginId } from './names.ts'

/**
 * The servers do not ask the catalog for these: a reload reports success, and the builtin still
 * runs.
 */
const NOT_OVERRIDABLE: ReadonlySet<string> = new Set(['secret/kv', 'secret/database'])

/** True if an entry in the catalog takes the place of the builtin of this name. */
export function isOverridable(plugin: PluginId): boolean {
  return !NOT_OVERRIDABLE.has(plugin)
}
