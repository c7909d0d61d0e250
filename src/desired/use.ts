/**
 * Reads the `use` of a plugin, mount or connection, and looks it up among the versions of the
 * plugin.
 */
import type { Source, Use } from '../domain/desired.ts'
import {
  compareText,
  LATEST,
  UNVERSIONED,
  versionLabel,
  type PluginId,
  type Version,
} from '../domain/names.ts'
import type { Report } from './input-file.ts'
import { readVersionText } from './version-text.ts'
import { findClosest, listFirst, showText } from './wording.ts'

export interface DesiredUse {
  readonly value: Use
  readonly source: Source
}

/** What mounts and connections need to know of their plugin. */
export interface PluginNames {
  readonly id: PluginId
  /** Undefined if the versions could not be read: then any version is accepted. */
  readonly versions: ReadonlySet<Version> | undefined
  readonly saysUse: boolean
}

/** Reports a `use` that is not valid, and returns undefined for it. */
export function readUse(
  text: string,
  source: Source,
  plugin: PluginNames | undefined,
  report: Report,
): DesiredUse | undefined {
  if (text === 'builtin') return { value: { kind: 'builtin' }, source }
  if (text === LATEST) {
    if (plugin?.id.startsWith('database/') !== true) return { value: { kind: 'latest' }, source }
    report({
      message: `use: latest is for mounts: a connection of ${plugin.id} has one version`,
      source,
      hint: 'write the version in full, e.g. v1.2.3',
    })
    return undefined
  }
  const reading = readVersionText(text)
  if ('message' in reading) {
    const suggestion = ['unversioned', 'builtin', LATEST].find((word) => findClosest(text, [word]))
    const hint = reading.message.includes('+builtin')
      ? 'write use: builtin for the plugin compiled into the server'
      : suggestion === undefined
        ? reading.hint
        : `did you mean ${suggestion}?`
    report({ message: `use: ${reading.message}`, source, ...(hint !== undefined && { hint }) })
    return undefined
  }
  const { version } = reading
  if (plugin?.versions !== undefined && !plugin.versions.has(version)) {
    report({
      message: `use: ${showText(text)} is not among the versions of ${plugin.id}`,
      source,
      hint: hintVersions(plugin.versions),
    })
    return undefined
  }
  const value: Use =
    version === UNVERSIONED ? { kind: 'unversioned' } : { kind: 'version', version }
  return { value, source }
}

/** Lists the versions and suggests none: the most similar one may be a downgrade. */
function hintVersions(versions: ReadonlySet<Version>): string {
  const labels = [...versions].sort(compareText).map(versionLabel)
  const listed = labels.length === 0 ? 'none is listed' : `listed: ${listFirst(labels)}`
  return `${listed}; to use another, add it under versions with its command and sha256`
}
