/** Looks up the plugin that a mount or connection names, among those that the files list. */
import type { Source } from '../domain/desired.ts'
import { findProblemInPluginName } from '../domain/name-problems.ts'
import { parsePluginId, type PluginId } from '../domain/names.ts'
import type { Report } from './input-file.ts'
import type { PluginNames } from './use.ts'
import { findClosest, showText } from './wording.ts'

/** Undefined if the text is not a plugin id. `names` is undefined if the plugin is not listed. */
export type LookUpPlugin = (
  text: string,
  source: Source,
) => { readonly id: PluginId; readonly names: PluginNames | undefined } | undefined

/**
 * `complete` is false if a part of the files could not be read: a missing plugin may be listed
 * there, so it is not reported.
 */
export function createPluginLookup(
  names: ReadonlyMap<PluginId, PluginNames>,
  complete: boolean,
  report: Report,
): LookUpPlugin {
  return (text, source) => {
    const id = readPluginId(text, source, report)
    if (id === undefined) return undefined
    const found = names.get(id)
    if (found === undefined && complete) {
      const suggestion = findClosest(id, names.keys())
      report({
        message: `${showText(id)} is not listed under plugins`,
        source,
        hint:
          suggestion === undefined
            ? `add it: plugins: { ${showText(id)}: … }`
            : `did you mean ${suggestion}?`,
      })
    }
    return { id, names: found }
  }
}

/**
 * The plugin id; undefined if the text is none. The check of the shape reports a text that is not
 * `type/name`.
 */
export function readPluginId(text: string, source: Source, report: Report): PluginId | undefined {
  const id = parsePluginId(text)
  const problem = findProblemInPluginName(text.slice(text.indexOf('/') + 1))
  if (id === undefined && problem !== undefined && TYPE_AND_NAME.test(text)) {
    report({
      message: `${showText(text)} cannot be a plugin: its name ${problem}`,
      source,
      hint: 'write it as the catalog lists it, e.g. secret/my-kv',
    })
  }
  return id
}

/** The same pattern as in the schema. */
const TYPE_AND_NAME = /^(secret|auth|database)\/./su
