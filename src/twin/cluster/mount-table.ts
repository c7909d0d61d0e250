/** Finds and adds mounts of the cluster. Accessors never change. */
import {
  type MountPath,
  mountPathIn,
  type Namespace,
  pathInNamespace,
  pluginName,
  pluginType,
  type PluginId,
} from '../../domain/names.ts'
import type { MountSeed } from './seeds.ts'
import { type Mount, nextId, nextUuid, type State } from './state.ts'

/** The mount that contains a request path. The path is relative to the root namespace. */
export function findMountOf(state: State, path: string): Mount | undefined {
  for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 2) + 1) {
    const prefix = path.slice(0, at)
    const mount = state.mounts.get((prefix.endsWith('/') ? prefix : `${prefix}/`) as MountPath)
    if (mount !== undefined) return mount
  }
  return undefined
}

/** The mount that conflicts with a new mount at this path. */
export function findConflict(state: State, path: MountPath): Mount | undefined {
  const above = findMountOf(state, path)
  // `auth/` and namespaces are no mounts. Only a mount at the path or above it conflicts.
  return above !== undefined && path.startsWith(above.path) ? above : undefined
}

/** @param listed false if the caller adds the mount to its plugin's mounts */
export function addMount(
  state: State,
  seed: MountSeed & Pick<Mount, 'system'>,
  { listed = true } = {},
): Mount {
  const { path, plugin, namespace = '' as Namespace, system } = seed
  const type = system ?? pluginName(plugin)
  const prefix = pluginType(plugin) === 'auth' ? 'auth_' : ''
  const configured = seed.configured_version ?? ('' as Mount['configured'])
  const mount: Mount = {
    path,
    namespace,
    plugin,
    accessor: seed.accessor ?? `${prefix}${type.replace(/^ns_/, '')}_${nextId(state)}`,
    uuid: nextUuid(state),
    description: seed.description ?? '',
    options: system === undefined ? (seed.options ?? {}) : null,
    configured,
    ...(system !== undefined && { system }),
  }
  state.mounts.set(path, mount)
  if (listed && system === undefined) {
    const others = state.mountsOfPlugin.get(plugin) ?? []
    state.mountsOfPlugin.set(plugin, [...others, path])
  }
  return mount
}

/** The mounts that every namespace has from the start: path, type, description. */
const SERVER_MOUNTS = [
  ['cubbyhole/', 'cubbyhole', 'per-token private secret storage'],
  ['identity/', 'identity', 'identity store'],
  ['sys/', 'system', 'system endpoints used for control, policy and debugging'],
  ['auth/token/', 'token', 'token based credentials'],
] as const

/** Adds the servers’ own mounts to a namespace. */
export function addOwnMounts(state: State, namespace: Namespace): Mount[] {
  return SERVER_MOUNTS.map(([path, type, description]) =>
    addMount(state, {
      path: mountPathIn(namespace, path),
      namespace,
      plugin: `${type === 'token' ? 'auth' : 'secret'}/${type}` as PluginId,
      description,
      system: namespace === '' ? type : `ns_${type}`,
    }),
  )
}

/**
 * The mounts that `sys/mounts` or `sys/auth` of a namespace lists, each with its path in that list.
 */
export function* listMountsOf(
  state: State,
  namespace: Namespace,
  kind: 'secret' | 'auth',
): Generator<readonly [string, Mount]> {
  for (const mount of state.mounts.values()) {
    if (mount.namespace !== namespace || pluginType(mount.plugin) !== kind) continue
    const path = pathInNamespace(mount.path, namespace)
    yield [kind === 'auth' ? path.slice('auth/'.length) : path, mount]
  }
}

/** Whether there is a namespace below the root. */
export function hasMoreNamespaces(state: State): boolean {
  for (const namespace of state.namespaces.keys()) if (namespace !== '') return true
  return false
}
