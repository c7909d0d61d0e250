/**
 * The plugin catalog and its pins. The list says what is registered; `command` and `args` take
 * one more read per entry, made for the plugins that are asked for.
 */
import { EXIT, LockstepError } from '../domain/errors.ts'
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
import { dataOf, fields, text, texts } from '../server/body.ts'
import type { Reader } from '../server/reader.ts'
import { shownPath } from '../server/request-path.ts'
import { errorWords, refusal, saysComeBack, whyUnread, wordsToJudge } from '../server/faults.ts'
import { readCatalog, readCatalogEntry, readPins } from '../server/requests.ts'

/** What is asked for within a namespace and is not there. */
export const ROOT_ALONE =
  'The catalog is the root namespace’s alone: leave out BAO_NAMESPACE (VAULT_NAMESPACE, --namespace) and write mounts with their namespace, as ns1/team-a/.'

/** Sorted by plugin, then version. Throws a LockstepError where the list cannot be had. */
export async function listEntries(reader: Reader, address: NodeAddress): Promise<CatalogEntry[]> {
  const request = readCatalog()
  const response = await reader.askTwice(address, request)
  if (response.status === 404) {
    throw new LockstepError({
      code: 'no-catalog',
      message: `${address} has no plugin catalog here (${errorWords(response)})`,
      hint: ROOT_ALONE,
    })
  }
  if (response.status !== 200) throw refusal(address, request, response)
  const detailed = dataOf(response.body)['detailed']
  if (!Array.isArray(detailed)) {
    throw new LockstepError({
      code: 'server-too-old',
      message: `${address} lists its plugins without their versions`,
      exitCode: EXIT.error,
      hint: 'Plugin versions came with Vault 1.12; every OpenBao has them.',
    })
  }
  return detailed
    .flatMap((item) => {
      const { type, name, version, builtin, sha256 } = fields(item)
      const plugin = parsePluginId(`${text(type)}/${text(name)}`)
      if (plugin === undefined) return []
      return {
        plugin,
        version: versionFromServer(version),
        builtin: builtin === true,
        sha256: builtin === true ? BUILTIN : hashFromServer(sha256),
      }
    })
    .sort((a, b) => compareText(a.plugin, b.plugin) || compareText(a.version, b.version))
}

export type EntryReading =
  | { readonly kind: 'entry'; readonly entry: CatalogEntry }
  | { readonly kind: 'absent' }
  /**
   * `passing`: the node was busy or had no leader; asked again it may answer. `lacksFile`: the
   * node’s plugin directory has not the entry’s file (OpenBao).
   */
  | {
      readonly kind: 'unreadable'
      readonly unreadable: Unreadable
      readonly passing: boolean
      readonly lacksFile: boolean
    }

/**
 * One entry with its command and args. Under an unversioned name the builtin answers where no
 * external entry stands: that is `absent`.
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
  if (response.status === 404) return { kind: 'absent' }
  if (response.status !== 200) {
    return {
      kind: 'unreadable',
      unreadable: { what: 'catalog-entry', path: shownPath(request.path), ...whyUnread(response) },
      passing: saysComeBack(response),
      lacksFile: /validating the command path|no such file/.test(wordsToJudge(response)),
    }
  }
  const data = dataOf(response.body)
  if (data['builtin'] === true) return { kind: 'absent' }
  return {
    kind: 'entry',
    entry: {
      plugin,
      version: versionFromServer(data['version']),
      builtin: false,
      sha256: hashFromServer(data['sha256']),
      command: text(data['command']),
      args: texts(data['args']),
      ...(data['declarative'] === true && { declarative: true }),
    },
  }
}

/** Sorted; none where the server has no pins (OpenBao answers 404 `unsupported path`). */
export async function readPinnedVersions(
  reader: Reader,
  address: NodeAddress,
): Promise<{ pins: readonly Pin[]; unreadable: readonly Unreadable[] }> {
  const request = readPins()
  const response = await reader.ask(address, request)
  if (response.status === 404) return { pins: [], unreadable: [] }
  if (response.status !== 200) {
    return {
      pins: [],
      unreadable: [{ what: 'pins', path: shownPath(request.path), ...whyUnread(response) }],
    }
  }
  const listed = dataOf(response.body)['pinned_versions']
  const pins = (Array.isArray(listed) ? listed : []).flatMap((item) => {
    const { type, name, version } = fields(item)
    const plugin = parsePluginId(`${text(type)}/${text(name)}`)
    return plugin === undefined ? [] : { plugin, version: versionFromServer(version) }
  })
  return { pins: pins.sort((a, b) => compareText(a.plugin, b.plugin)), unreadable: [] }
}
