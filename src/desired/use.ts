/** What a plugin, mount or connection is to run, looked up among the versions of its plugin. */
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

/** What is known of a plugin wherever its name is used. */
export interface PluginNames {
  readonly id: PluginId
  /** Undefined where they could not be read: then nothing is said of a version not among them. */
  readonly versions: ReadonlySet<Version> | undefined
  readonly saysUse: boolean
}

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
    const meant = ['unversioned', 'builtin', LATEST].find((word) => findClosest(text, [word]))
    const hint = reading.message.includes('+builtin')
      ? 'write use: builtin for the plugin compiled into the server'
      : meant === undefined
        ? reading.hint
        : `did you mean ${meant}?`
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

/** Lists them and proposes none: the nearest name may be a downgrade. */
function hintVersions(versions: ReadonlySet<Version>): string {
  const labels = [...versions].sort(compareText).map(versionLabel)
  const listed = labels.length === 0 ? 'none is listed' : `listed: ${listFirst(labels)}`
  return `${listed}; to use another, add it under versions with its command and sha256`
}
