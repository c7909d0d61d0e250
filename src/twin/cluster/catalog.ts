/**
 * The plugin catalog: registered entries, builtins, and which of them a name and a version mean.
 * Whether a file has the registered hash shows only when the file is started.
 */
import type { BuiltinPlugin } from '../../domain/builtin-plugins.ts'
import type { ServerResponse } from '../../domain/exchange.ts'
import { latestOf } from '../../domain/latest.ts'
import {
  type RunningBinary,
  compareText,
  type ConfiguredVersion,
  isHash,
  LATEST,
  PLUGIN_TYPES,
  pluginName,
  pluginType,
  type PluginId,
  UNVERSIONED,
  type Version,
} from '../../domain/names.ts'
import { answer, joinErrors, noFile, NOTHING_THERE, refuse } from './answers.ts'
import { BEHAVIOUR } from './behaviour.ts'
import type { ExternalPlugin } from './seeds.ts'
import { compareVersions } from './server-version.ts'
import type { Entry, Node, State } from './state.ts'

export type FoundPlugin =
  | { readonly kind: 'external'; readonly entry: Entry }
  | { readonly kind: 'builtin'; readonly builtin: BuiltinPlugin }

/**
 * The plugin that a mount with this plugin and version runs. Undefined if nothing is registered.
 */
export function findPlugin(
  state: State,
  plugin: PluginId,
  version: Version,
): FoundPlugin | undefined {
  const versions = state.catalog.get(plugin)
  const entry = versions?.get(version)
  if (entry !== undefined) return { kind: 'external', entry }
  const builtin = state.builtins.get(plugin)
  if (builtin === undefined || (version !== UNVERSIONED && version !== builtin.version)) {
    return undefined
  }
  // An unversioned entry hides the builtin, even if the builtin's own version is asked for.
  return versions?.has(UNVERSIONED) === true ? undefined : { kind: 'builtin', builtin }
}

/** The version that a mount with this setting starts. Undefined if there is none. */
export function findStartedVersion(
  state: State,
  plugin: PluginId,
  configured: ConfiguredVersion,
): Version | undefined {
  if (configured !== LATEST) return configured
  return latestOf([...(state.catalog.get(plugin)?.keys() ?? [])])
}

/** The server’s text for a version that is not in the catalog. */
export function notFound(plugin: PluginId, version: ConfiguredVersion): string {
  const suffix = version === UNVERSIONED ? '' : `, version=${version}`
  return `plugin not found in the catalog: ${pluginName(plugin)}${suffix}`
}

/**
 * The version of a mount that is made without one: the highest registered version. None if there is
 * an unversioned entry or only a builtin.
 */
export function chooseVersion(state: State, plugin: PluginId): Version {
  const versions = [...(state.catalog.get(plugin)?.keys() ?? [])]
  if (versions.includes(UNVERSIONED)) return UNVERSIONED
  return versions.sort(compareVersions).at(-1) ?? UNVERSIONED
}

/** Registers an entry, or replaces the one of its version. */
export function addEntry(state: State, external: ExternalPlugin): void {
  const { plugin, version, command, sha256, declarative = false } = external
  const args = [...(external.args ?? [])]
  const entry: Entry = {
    plugin,
    version,
    command,
    sha256,
    args,
    declarative,
    process: JSON.stringify([plugin, version, command, args, external.env ?? [], sha256]),
  }
  state.catalog.set(plugin, new Map([...(state.catalog.get(plugin) ?? []), [version, entry]]))
}

/**
 * The process of an entry of which only the binary is known, because it was started before the live
 * state was read.
 */
export function unknownProcess(plugin: PluginId, version: Version, sha256: RunningBinary): string {
  return JSON.stringify([plugin, version, sha256])
}

/**
 * The hash in an answer. Servers list an empty hash for a builtin, and for an entry without one.
 */
export function hashOnWire(binary: RunningBinary): string {
  return isHash(binary) ? binary : ''
}

/** The answer of one node. A node of OpenBao checks that the entry's file is on its own disk. */
export function answerEntry(
  state: State,
  node: Node,
  plugin: PluginId,
  version: Version,
): ServerResponse {
  const { catalogExtras, entryReadLooksForFile } = BEHAVIOUR[state.product]
  const found = findPlugin(state, plugin, version)
  const name = pluginName(plugin)
  switch (found?.kind) {
    case 'external': {
      const { entry } = found
      const { args, command, sha256, declarative } = entry
      if (entryReadLooksForFile && !node.files.has(command)) {
        return refuse(500, joinErrors([noFile(command)]))
      }
      return answer({
        ...{
          args,
          builtin: false,
          command,
          name,
          sha256: hashOnWire(sha256),
          version,
          ...catalogExtras,
        },
        ...(declarative && { declarative }),
      })
    }
    case 'builtin':
      return answer({
        args: null,
        builtin: true,
        command: '',
        deprecation_status: found.builtin.deprecation_status,
        name,
        sha256: '',
        version: found.builtin.version,
        ...catalogExtras,
      })
    case undefined:
      return NOTHING_THERE
  }
}

export function listCatalog(state: State): ServerResponse {
  const detailed = listDetailed(state)
  const byType = Object.fromEntries(
    [...PLUGIN_TYPES].sort(compareText).map((type) => [type, namesOfType(state, detailed, type)]),
  )
  return answer({ ...byType, detailed })
}

export function listType(state: State, type: string): ServerResponse {
  return answer({ keys: namesOfType(state, listDetailed(state), type) })
}

interface CatalogLine {
  readonly type: string
  readonly name: string
  readonly version: Version
  readonly builtin: boolean
  readonly sha256?: string
  readonly deprecation_status?: string
}

function namesOfType(state: State, lines: readonly CatalogLine[], type: string): string[] {
  const { listsVersionedPluginsByType } = BEHAVIOUR[state.product]
  const listed = lines.filter(
    (line) =>
      line.type === type &&
      (line.builtin || line.version === UNVERSIONED || listsVersionedPluginsByType),
  )
  return [...new Set(listed.map((line) => line.name))].sort(compareText)
}

function listDetailed(state: State): CatalogLine[] {
  const builtins = [...state.builtins.values()]
    .filter(({ plugin }) => state.catalog.get(plugin)?.has(UNVERSIONED) !== true)
    .map(({ plugin, version, deprecation_status }) => ({
      builtin: true,
      deprecation_status,
      ...typeAndName(plugin),
      version,
    }))
  const external = [...state.catalog.entries()].flatMap(([plugin, versions]) =>
    [...versions.values()].map(({ sha256, version }) => ({
      builtin: false,
      sha256: hashOnWire(sha256),
      ...typeAndName(plugin),
      version,
    })),
  )
  return [...builtins, ...external].sort(
    (a, b) =>
      compareText(a.type, b.type) ||
      compareText(a.name, b.name) ||
      compareText(a.version, b.version),
  )
}

function typeAndName(plugin: PluginId) {
  return { type: pluginType(plugin), name: pluginName(plugin) }
}
