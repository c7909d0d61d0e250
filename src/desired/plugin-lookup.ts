/** Finds the plugin that a mount or connection names among those the files list. */
import type { Source } from '../domain/desired.ts'
import { faultInPluginName } from '../domain/name-faults.ts'
import { parsePluginId, type PluginId } from '../domain/names.ts'
import type { Report } from './input-file.ts'
import type { PluginNames } from './use.ts'
import { findClosest, showText } from './wording.ts'

/** Undefined when the text is no plugin's id; without names when nothing is known of it. */
export type LookUpPlugin = (
  text: string,
  source: Source,
) => { readonly id: PluginId; readonly names: PluginNames | undefined } | undefined

/** `complete` is false when part of the files could not be read: what is missing may be there. */
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
      const meant = findClosest(id, names.keys())
      report({
        message: `${showText(id)} is not listed under plugins`,
        source,
        hint:
          meant === undefined
            ? `add it: plugins: { ${showText(id)}: … }`
            : `did you mean ${meant}?`,
      })
    }
    return { id, names: found }
  }
}

/** Undefined where it is none; that it is no `type/name` at all is told by the file's shape. */
export function readPluginId(text: string, source: Source, report: Report): PluginId | undefined {
  const id = parsePluginId(text)
  const fault = faultInPluginName(text.slice(text.indexOf('/') + 1))
  if (id === undefined && fault !== undefined && TYPE_AND_NAME.test(text)) {
    report({
      message: `${showText(text)} cannot be a plugin: its name ${fault}`,
      source,
      hint: 'write it as the catalog lists it, e.g. secret/my-kv',
    })
  }
  return id
}

/** As in the schema. */
const TYPE_AND_NAME = /^(secret|auth|database)\/./su
