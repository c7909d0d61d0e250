/**
 * Decodes what nodes answer about plugins: catalog, pins, mounts and connections. Shapes as
 * documented, and measured on OpenBao 2.7.2 and Vault 1.21.4 (`test/recordings`). Names are
 * unchecked texts of the server: code that builds paths from them checks them.
 */
import type { JsonObject } from '../../domain/exchange.ts'
import {
  dataOf,
  type Decoder,
  fields,
  nonEmptyText,
  list,
  misfit,
  optional,
  registeredHash,
  sha256,
  text,
  truth,
} from './shape.ts'

/** One line of `data.detailed` of `GET sys/plugins/catalog`. */
export interface ListedEntry {
  readonly type: string
  readonly name: string
  readonly version: string
  readonly builtin: boolean
  /** Empty for a builtin. */
  readonly sha256: string
}

/** `GET sys/plugins/catalog`. `too-old`: a server before plugin versions (Vault 1.12). */
export const catalog: Decoder<readonly ListedEntry[] | 'too-old'> = (body, at) => {
  const data = dataOf(body, at)
  const lists = ['secret', 'auth', 'database'].filter((type) => Array.isArray(data[type]))
  if (data['detailed'] === undefined && lists.length > 0) return 'too-old'
  const detailed = list(data['detailed'], 'data.detailed', (entry, where) => {
    const answer = fields(entry, where)
    return {
      type: nonEmptyText(answer['type'], `${where}.type`),
      name: nonEmptyText(answer['name'], `${where}.name`),
      version: text(answer['version'], `${where}.version`),
      builtin: truth(answer['builtin'], `${where}.builtin`),
      sha256: optional(answer['sha256'], `${where}.sha256`, registeredHash) ?? '',
    }
  })
  return detailed.length > 0
    ? detailed
    : misfit('data.detailed', 'is empty, and every server has builtin plugins')
}

/** `GET sys/plugins/catalog/<type>/<name>`. */
export interface ReadEntry {
  readonly version: string
  readonly builtin: boolean
  readonly sha256: string
  readonly command: string
  readonly args: readonly string[]
  /** Declared in the server's own configuration (OpenBao; Vault does not say). */
  readonly declarative: boolean
}

export const catalogEntry: Decoder<ReadEntry> = (body, at) => {
  const answer = dataOf(body, at)
  const args = answer['args']
  return {
    version: text(answer['version'], 'data.version'),
    builtin: truth(answer['builtin'], 'data.builtin'),
    sha256: registeredHash(answer['sha256'], 'data.sha256'),
    command: text(answer['command'], 'data.command'),
    // Measured: null if there are none.
    args: args === null ? [] : list(args, 'data.args', text),
    declarative: optional(answer['declarative'], 'data.declarative', truth) === true,
  }
}

export interface ListedPin {
  readonly type: string
  readonly name: string
  readonly version: string
}

/** `GET sys/plugins/pins` (Vault). */
export const pins: Decoder<readonly ListedPin[]> = (body, at) =>
  list(dataOf(body, at)['pinned_versions'], 'data.pinned_versions', (pin, where) => {
    const answer = fields(pin, where)
    return {
      type: nonEmptyText(answer['type'], `${where}.type`),
      name: nonEmptyText(answer['name'], `${where}.name`),
      version: text(answer['version'], `${where}.version`),
    }
  })

/** One mount of `GET sys/mounts` or `GET sys/auth`, as one node lists it. */
export interface MountAnswer {
  /** With its trailing slash, inside the namespace that was asked. */
  readonly path: string
  readonly type: string
  readonly accessor: string
  readonly pluginVersion: string
  readonly runningVersion: string
  readonly runningSha256: string
}

/** `GET sys/mounts`: `sys/` is among them in every namespace of both products. */
export const secretMounts: Decoder<readonly MountAnswer[]> = mountsWith('sys/')

/** `GET sys/auth`: `token/` is among them in every namespace of both products. */
export const authMounts: Decoder<readonly MountAnswer[]> = mountsWith('token/')

function mountsWith(own: string): Decoder<readonly MountAnswer[]> {
  return (body, at) => {
    const data = dataOf(body, at)
    // An answer without the server's own mount is not the list of mounts.
    if (!Object.hasOwn(data, own)) return misfit('data', `has no ${own}, which every server mounts`)
    return Object.entries(data).map(([path, mount]) => {
      const where = `data[${JSON.stringify(path)}]`
      if (!/[^/]\/$/.test(path)) return misfit(where, 'is not the path of a mount')
      return mountOf(path, fields(mount, where), where)
    })
  }
}

function mountOf(path: string, answer: JsonObject, where: string): MountAnswer {
  return {
    path,
    type: nonEmptyText(answer['type'], `${where}.type`),
    accessor: nonEmptyText(answer['accessor'], `${where}.accessor`),
    pluginVersion: text(answer['plugin_version'], `${where}.plugin_version`),
    runningVersion: text(answer['running_plugin_version'], `${where}.running_plugin_version`),
    runningSha256: sha256(answer['running_sha256'], `${where}.running_sha256`),
  }
}

/** `GET sys/mounts/<path>` or `GET sys/auth/<path>`: the mount at `path`. */
export function oneMount(path: string): Decoder<MountAnswer> {
  return (body, at) => mountOf(path, dataOf(body, at), 'data')
}

/** `GET <mount>/?help=1`: the help text of the mount's own backend. */
export const mountHelp: Decoder<string> = (body, at) => text(fields(body, at)['help'], 'help')

/** A list of names: `LIST <mount>/config`. */
export const keys: Decoder<readonly string[]> = (body, at) =>
  list(dataOf(body, at)['keys'], 'data.keys', nonEmptyText)

/** `GET <mount>/config/<name>` of a database mount: only its plugin. */
export interface ConnectionAnswer {
  readonly pluginName: string
  readonly pluginVersion: string
}

export const connection: Decoder<ConnectionAnswer> = (body, at) => {
  const answer = dataOf(body, at)
  return {
    pluginName: nonEmptyText(answer['plugin_name'], 'data.plugin_name'),
    pluginVersion: text(answer['plugin_version'], 'data.plugin_version'),
  }
}
