/**
 * Reads the plugins of all files: what each should run, which versions stay registered, which are
 * retired. Also returns the names of each plugin's versions, for the mounts and connections.
 */
import type { DesiredPlugin, DesiredVersion, Source } from '../domain/desired.ts'
import type { Binary, Plugin } from '../documents/desired-state.generated.ts'
import { formatSource } from '../domain/errors.ts'
import { compareText, type PluginId, type Version } from '../domain/names.ts'
import type { HashReader, LocatedHash } from './binary-hash.ts'
import { readDetails } from './binary-details.ts'
import { readPluginId } from './plugin-lookup.ts'
import { claimOnce, placeOf, type InputFile, type Report } from './input-file.ts'
import type { Checked } from './shape/shape.ts'
import { readUse, type PluginNames } from './use.ts'
import { completeVersion, readVersionText } from './version-text.ts'
import { showText } from './wording.ts'

export interface Plugins {
  /** Sorted by id. */
  readonly plugins: readonly DesiredPlugin[]
  readonly names: ReadonlyMap<PluginId, PluginNames>
}

interface PluginReading {
  readonly file: InputFile
  readonly id: PluginId
  readonly report: Report
  readonly readHash: HashReader
  readonly noteCommand: NoteCommand
}

type NoteCommand = (command: string, hash: LocatedHash) => void

/** Problems are reported, and invalid versions left out. */
export async function readPlugins(
  files: readonly InputFile[],
  readHash: HashReader,
  report: Report,
): Promise<Plugins> {
  const claim = claimOnce('plugin', report)
  const noteCommand = compareHashes(report)
  const plugins: DesiredPlugin[] = []
  const names = new Map<PluginId, PluginNames>()
  for (const file of files) {
    for (const [text, plugin] of Object.entries(file.document.plugins ?? {})) {
      const id = readPluginId(text, placeOf(file, 'plugins', text).key, report)
      if (id === undefined || !claim(id, placeOf(file, 'plugins', id).key)) continue
      const known = describePlugin(id, plugin)
      names.set(id, known)
      const reading = { file, id, report, readHash, noteCommand }
      plugins.push(await readPlugin(reading, plugin ?? {}, known))
    }
  }
  return { plugins: plugins.sort((a, b) => compareText(a.id, b.id)), names }
}

/**
 * A misspelt version counts as the version that was probably meant, so that it is reported only
 * once.
 */
function describePlugin(id: PluginId, plugin: Checked<Plugin> | undefined): PluginNames {
  const unread = plugin === undefined || ('versions' in plugin && plugin.versions === undefined)
  const versions = Object.keys(plugin?.versions ?? {}).flatMap((text) => {
    const reading = readVersionText(text)
    return ('version' in reading ? reading.version : completeVersion(text)) ?? []
  })
  return {
    id,
    versions: unread ? undefined : new Set(versions),
    // True also if `use` could not be read.
    saysUse: plugin === undefined || 'use' in plugin,
  }
}

async function readPlugin(
  reading: PluginReading,
  plugin: Checked<Plugin>,
  known: PluginNames,
): Promise<DesiredPlugin> {
  const { file, id, report } = reading
  const useSource = placeOf(file, 'plugins', id, 'use').value
  const use = plugin.use === undefined ? undefined : readUse(plugin.use, useSource, known, report)
  return {
    id,
    ...(use !== undefined && { use }),
    overridesBuiltin: plugin.overrides === 'builtin',
    versions: await readVersions(reading, plugin.versions ?? {}),
    retire: readRetired(reading, plugin.retire ?? []),
    source: placeOf(file, 'plugins', id).key,
  }
}

async function readVersions(
  { file, id, report, readHash, noteCommand }: PluginReading,
  versions: NonNullable<Checked<Plugin>['versions']>,
): Promise<readonly DesiredVersion[]> {
  const claim = claimOnce('version', report)
  const read: DesiredVersion[] = []
  for (const [text, binary] of Object.entries(versions)) {
    const path = ['plugins', id, 'versions', text]
    const source = placeOf(file, ...path).key
    const version = readListedVersion(text, source, 'listed under versions', report)
    if (version !== undefined) claim(version, source)
    const command = readCommand(binary, placeOf(file, ...path, 'command').value, report)
    const given = binary?.sha256
    const hash =
      given === undefined || command === undefined
        ? undefined
        : await readHash({ given, command, file, path: [...path, 'sha256'] }, report)
    const details = readDetails(file, path, binary ?? {}, report)
    if (command === undefined || hash === undefined || version === undefined) continue
    noteCommand(command, hash)
    read.push({ version, command, sha256: hash.sha256, ...details, source })
  }
  return read.sort((a, b) => compareText(a.version, b.version))
}

function readListedVersion(
  text: string,
  source: Source,
  howListed: string,
  report: Report,
): Version | undefined {
  if (text === 'builtin') {
    report({
      message: `builtin cannot be ${howListed}: it is compiled into the server`,
      source,
    })
    return undefined
  }
  const reading = readVersionText(text)
  if ('version' in reading) return reading.version
  report({ ...reading, source })
  return undefined
}

function readCommand(
  binary: Checked<Binary> | undefined,
  source: Source,
  report: Report,
): string | undefined {
  const command = binary?.command
  if (command?.trim() === '') {
    report({ message: 'command is empty', source })
    return undefined
  }
  if (command !== undefined && /[ \t]/.test(command)) {
    report({
      message: `command: ${showText(command)} has a space or tab in it`,
      source,
      // The server would split the command there, and read back another command.
      hint: "give the file's name alone, and what follows it as args: [ … ]",
    })
    return undefined
  }
  if (command === undefined || !/[/\\]/.test(command)) return command
  report({
    message: `command: ${showText(command)} has a path separator in it`,
    source,
    hint: "give the file's name alone: every node looks for it in its plugin directory",
  })
  return undefined
}

function readRetired(
  { file, id, report }: PluginReading,
  retire: readonly (string | undefined)[],
): DesiredPlugin['retire'] {
  const claim = claimOnce('version', report)
  const read = retire.flatMap((text, index) => {
    if (text === undefined) return []
    const source = placeOf(file, 'plugins', id, 'retire', index).value
    const version = readListedVersion(text, source, 'retired', report)
    return version !== undefined && claim(version, source) ? [{ version, source }] : []
  })
  return read.sort((a, b) => compareText(a.version, b.version))
}

/** Reports two hashes for one file name: a name is one file on a node, so it has one hash. */
function compareHashes(report: Report): NoteCommand {
  const noted = new Map<string, LocatedHash>()
  return (command, hash) => {
    const first = noted.get(command)
    if (first === undefined) noted.set(command, hash)
    else if (first.sha256 !== hash.sha256) {
      const there = `${first.sha256.slice(0, 12)}… at ${formatSource(first.source)}`
      report({
        message: `${showText(command)} has another SHA-256 here (${hash.sha256.slice(0, 12)}…) than ${there}`,
        source: hash.source,
        hint: 'one file in the plugin directory has one hash: give each version its own file',
      })
    }
  }
}
