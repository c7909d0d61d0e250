/**
 * Reads the plugin catalog and its pins. The list shows what is registered. `command` and `args`
 * need one more read for each entry, made for the plugins that are asked for.
 */
import { EXIT, LockstepError } from '../domain/errors.ts'
import { findProblemInPluginName } from '../domain/name-problems.ts'
import type { CatalogEntry, Pin, Unreadable } from '../domain/live.ts'
import {
  BUILTIN,
  compareText,
  hashFromServer,
  type NodeAddress,
  parsePluginId,
  type PluginId,
  type Version,
  versionFromServer,
} from '../domain/names.ts'
import {
  catalog as decodeCatalog,
  catalogEntry,
  pins as decodePins,
} from '../server/answers/plugins.ts'
import { decode } from '../server/answers/shape.ts'
import type { Reader } from '../server/reader.ts'
import { shownPath } from '../server/request-path.ts'
import {
  decodeOrThrow,
  errorWords,
  isUnsupportedPath,
  refusalError,
  asksToRetry,
  isNotFound,
  describeUnexpectedShape,
  describeUnread,
  wordsToJudge,
} from '../server/faults.ts'
import { readCatalog, readCatalogEntry, readPins } from '../server/requests.ts'

const DEREGISTER = 'if the entry is not needed, deregister it with the server’s command line'

/** The hint for a catalog request that was sent inside a namespace. */
export const ROOT_ALONE =
  'The catalog is the root namespace’s alone: leave out BAO_NAMESPACE (VAULT_NAMESPACE, --namespace) and write mounts with their namespace, as ns1/team-a/.'

export interface ListedEntries {
  /** Sorted by plugin, then version. */
  readonly entries: readonly CatalogEntry[]
  /**
   * The entries that were left out. Servers list names (with a space at the end, or an invisible
   * mark) that no request can reach: a request with the name reaches another entry, or none.
   */
  readonly unreadable: readonly Unreadable[]
}

/** The entries of the catalog's list. Throws a LockstepError if the list cannot be read. */
export async function listEntries(reader: Reader, address: NodeAddress): Promise<ListedEntries> {
  const request = readCatalog()
  const response = await reader.ask(address, request)
  if (response.status === 404) {
    throw new LockstepError({
      code: 'no-catalog',
      message: `${address} has no plugin catalog here (${errorWords(response)})`,
      hint: ROOT_ALONE,
    })
  }
  if (response.status !== 200) throw refusalError(address, request, response)
  const detailed = decodeOrThrow(decodeCatalog, { node: address, request }, response)
  if (detailed === 'too-old') {
    throw new LockstepError({
      code: 'server-too-old',
      message: `${address} lists its plugins without their versions`,
      exitCode: EXIT.error,
      hint: 'Plugin versions came with Vault 1.12; every OpenBao has them.',
    })
  }
  const entries: CatalogEntry[] = []
  const unreadable: Unreadable[] = []
  for (const { type, name, version, builtin, sha256 } of detailed) {
    const plugin = parsePluginId(`${type}/${name}`)
    if (plugin === undefined) {
      const problem = findProblemInPluginName(name)
      const reason = `left out, because its ${problem === undefined ? 'type is not known' : `name ${problem}`}`
      const path = `${request.path}/${type}/${name}`
      unreadable.push({ what: 'catalog-name', path, reason, fix: DEREGISTER })
      continue
    }
    entries.push({
      plugin,
      version: versionFromServer(version),
      builtin,
      sha256: builtin ? BUILTIN : hashFromServer(sha256),
    })
  }
  return {
    entries: entries.sort(
      (a, b) => compareText(a.plugin, b.plugin) || compareText(a.version, b.version),
    ),
    unreadable: unreadable.sort((a, b) => compareText(a.path, b.path)),
  }
}

export type EntryReading =
  | { readonly kind: 'entry'; readonly entry: CatalogEntry }
  | { readonly kind: 'absent' }
  /**
   * `passing`: the node was busy or had no leader, and may answer a later request. `lacksFile`: the
   * entry’s file is not in the node’s plugin directory (OpenBao).
   */
  | {
      readonly kind: 'unreadable'
      readonly unreadable: Unreadable
      readonly passing: boolean
      readonly lacksFile: boolean
    }

/**
 * Reads one entry with its command and args. `absent`: there is no external entry (under a name
 * without a version, the server then answers with the builtin). Throws a LockstepError if no answer
 * came.
 */
export async function readEntry(
  reader: Reader,
  address: NodeAddress,
  plugin: PluginId,
  version: Version,
  options: { forwarding: boolean } = { forwarding: true },
): Promise<EntryReading> {
  const request = readCatalogEntry(plugin, version, options)
  const response = await reader.ask(address, request)
  if (isNotFound(response)) return { kind: 'absent' }
  const about = { what: 'catalog-entry', path: shownPath(request.path) } as const
  if (response.status !== 200) {
    return {
      kind: 'unreadable',
      unreadable: { ...about, ...describeUnread(response) },
      passing: asksToRetry(response),
      lacksFile: /validating the command path|no such file/.test(wordsToJudge(response)),
    }
  }
  const decoded = decode(catalogEntry, response.body)
  if (decoded.kind === 'odd') {
    const unreadable = { ...about, ...describeUnexpectedShape(decoded.problem) }
    return { kind: 'unreadable', unreadable, passing: false, lacksFile: false }
  }
  const { builtin, sha256, command, args, declarative } = decoded.value
  if (builtin) return { kind: 'absent' }
  return {
    kind: 'entry',
    entry: {
      plugin,
      version: versionFromServer(decoded.value.version),
      builtin: false,
      sha256: hashFromServer(sha256),
      command,
      args: [...args],
      ...(declarative && { declarative: true }),
    },
  }
}

/** The pins, sorted. None if the server has no pins (OpenBao answers 404 `unsupported path`). */
export async function readPinnedVersions(
  reader: Reader,
  address: NodeAddress,
): Promise<{ pins: readonly Pin[]; unreadable: readonly Unreadable[] }> {
  const request = readPins()
  const response = await reader.ask(address, request)
  if (isUnsupportedPath(response)) return { pins: [], unreadable: [] }
  const about = { what: 'pins', path: shownPath(request.path) } as const
  if (response.status !== 200) {
    return { pins: [], unreadable: [{ ...about, ...describeUnread(response) }] }
  }
  const decoded = decode(decodePins, response.body)
  if (decoded.kind === 'odd') {
    return { pins: [], unreadable: [{ ...about, ...describeUnexpectedShape(decoded.problem) }] }
  }
  const pins = decoded.value.flatMap(({ type, name, version }) => {
    const plugin = parsePluginId(`${type}/${name}`)
    return plugin === undefined ? [] : { plugin, version: versionFromServer(version) }
  })
  return { pins: pins.sort((a, b) => compareText(a.plugin, b.plugin)), unreadable: [] }
}
