/**
 * What people did to a cluster before Lockstep came: each deed is one request to one node, or a
 * restart of one, so that a cluster made by deeds is one that can be reached, on the twin as on real servers.
 */
import { unreachable } from '../../src/domain/errors.ts'
import type { ServerRequest } from '../../src/domain/exchange.ts'
import {
  type ConfiguredVersion,
  type ConnectionPath,
  pathInNamespace,
  pluginName,
  type PluginId,
  ROOT_NAMESPACE,
  splitConnectionPath,
  UNVERSIONED,
  type Version,
} from '../../src/domain/names.ts'
import { requestOf } from '../../src/server/requests.ts'
import type { Binary, PlacedMount } from './palette.ts'

export type Deed =
  | {
      readonly do: 'register'
      readonly plugin: PluginId
      readonly version: Version
      readonly binary: Binary
      readonly args: readonly string[]
    }
  | { readonly do: 'deregister'; readonly plugin: PluginId; readonly version: Version }
  /** Without a version the server chooses. */
  | {
      readonly do: 'enable'
      readonly mount: PlacedMount
      readonly plugin: PluginId
      readonly version: ConfiguredVersion
    }
  /** `builtin`: to the version the compiled-in plugin has. */
  | {
      readonly do: 'tune'
      readonly mount: PlacedMount
      readonly version: ConfiguredVersion | 'builtin'
    }
  /** On one node, counted from 0 and around. */
  | { readonly do: 'reload'; readonly mount: PlacedMount; readonly node: number }
  | { readonly do: 'pin'; readonly plugin: PluginId; readonly version: Version }
  | { readonly do: 'unpin'; readonly plugin: PluginId }
  | {
      readonly do: 'connect'
      readonly connection: ConnectionPath
      readonly plugin: PluginId
      readonly version: Version
    }
  | { readonly do: 'step_down' }
  /** Of one node, counted from 0 and around: no request, but something done to its machine. */
  | { readonly do: 'restart'; readonly node: number }
  /** The file of that name on one node gets the bytes of another program. */
  | {
      readonly do: 'replace'
      readonly node: number
      readonly command: string
      readonly by: Binary
    }

/** The request, and to which node: the active one where no number is said. */
export function requestOfDeed(
  deed: Exclude<Deed, { readonly do: 'restart' | 'replace' }>,
  builtinVersion: Version,
  databasePort = 6379,
): { readonly request: ServerRequest; readonly node?: number } {
  switch (deed.do) {
    case 'register': {
      const { plugin, version, binary, args } = deed
      const body = { ...binary, ...(version !== UNVERSIONED && { version }), args }
      return { request: write(`sys/plugins/catalog/${plugin}`, body) }
    }
    case 'deregister': {
      const { plugin, version } = deed
      const query = version === UNVERSIONED ? '' : `?version=${version}`
      return {
        request: { ...write(`sys/plugins/catalog/${plugin}${query}`), method: 'DELETE' },
      }
    }
    case 'enable': {
      const { mount, plugin, version } = deed
      const { path, namespace } = mount
      return { request: requestOf({ kind: 'enable', mount: path, namespace, plugin, version }) }
    }
    case 'tune': {
      const { mount } = deed
      const { path, namespace } = mount
      const version = deed.version === 'builtin' ? builtinVersion : deed.version
      return { request: requestOf({ kind: 'tune', mount: path, namespace, version }) }
    }
    case 'reload': {
      const { mount, node } = deed
      const mounts = [pathInNamespace(mount.path, mount.namespace)]
      const request = write('sys/plugins/reload/backend', { mounts })
      return { request: { ...request, namespace: mount.namespace, forwarding: false }, node }
    }
    case 'pin':
      return { request: write(`sys/plugins/pins/${deed.plugin}`, { version: deed.version }) }
    case 'unpin':
      return { request: { ...write(`sys/plugins/pins/${deed.plugin}`), method: 'DELETE' } }
    case 'connect': {
      const { mount, name } = splitConnectionPath(deed.connection)
      return {
        request: write(`${mount}config/${name}`, {
          plugin_name: pluginName(deed.plugin),
          ...(deed.version !== UNVERSIONED && { plugin_version: deed.version }),
          verify_connection: false,
          host: '127.0.0.1',
          port: databasePort,
          username: 'user',
          password: 'password',
        }),
      }
    }
    case 'step_down':
      return { request: { ...write('sys/step-down'), method: 'PUT' } }
    default:
      return unreachable(deed)
  }
}

function write(path: string, body?: Readonly<Record<string, unknown>>): ServerRequest {
  return {
    method: 'POST',
    path,
    namespace: ROOT_NAMESPACE,
    forwarding: true,
    ...(body !== undefined && { body }),
  }
}
