/**
 * Reloads mounts on the asked node, by mount or by plugin. The result depends on the catalog at
 * that time and on the node's own files.
 */
import type { JsonObject, ServerResponse } from '../../domain/exchange.ts'
import {
  type MountPath,
  mountPathIn,
  type Namespace,
  parseMountPath,
  pluginId,
  PLUGIN_TYPES,
  type PluginId,
  pluginType,
  UNVERSIONED,
} from '../../domain/names.ts'
import { answer, joinErrors, refuse } from './answers.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { findPlugin } from './catalog.ts'
import { reloadConnections } from './connections.ts'
import { reloadMount, runsMounts } from './running.ts'
import { nextUuid, type Node, type State } from './state.ts'

/** Reloads on one node. Returns the number of reloaded mounts and connections, and the errors. */
type Reload = (node: Node) => { readonly count: number; readonly errors: readonly string[] }

/** `sys/plugins/reload/backend`. */
export function reloadBackend(
  state: State,
  node: Node,
  namespace: Namespace,
  body: JsonObject,
): ServerResponse {
  const scope = body['scope'] ?? ''
  if (scope !== '' && scope !== 'global') {
    return refuse(400, 'scope must be unset or "global"')
  }
  const name = typeof body['plugin'] === 'string' ? body['plugin'] : ''
  const mounts = readNames(body['mounts'])
  if (name === '' && mounts.length === 0) return refuse(400, 'plugin or mounts must be provided')
  if (name !== '' && mounts.length > 0) {
    return refuse(400, 'plugin and mounts cannot be set at the same time')
  }
  if (name === '') {
    return carryOut(state, node, scope === 'global', (each) =>
      reloadNamed(state, each, namespace, mounts),
    )
  }
  const plugins = PLUGIN_TYPES.map((type) => pluginId(type, name))
  // Vault accepts an unknown name.
  if (!BEHAVIOUR[state.product].reloadsByTypeAndName) {
    const known = plugins.filter((plugin) => isKnown(state, plugin))
    if (known.length === 0) return refuse(400, `plugin not found in the catalog: "${name}"`)
    if (known.every((plugin) => pluginType(plugin) === 'database')) {
      return refuse(
        400,
        `plugin "${name}" cannot be reloaded, only plugins of type auth and secret can be reloaded`,
      )
    }
  }
  return carryOut(state, node, scope === 'global', (each) =>
    reloadPlugins(state, each, namespace, plugins),
  )
}

/** `sys/plugins/reload/:type/:name`, if the product has it. */
export function reloadByTypeAndName(
  state: State,
  node: Node,
  namespace: Namespace,
  plugin: PluginId,
  body: JsonObject,
): ServerResponse {
  return carryOut(state, node, body['scope'] === 'global', (each) =>
    reloadPlugins(state, each, namespace, [plugin]),
  )
}

function readNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' && value !== '' ? value.split(',') : []
}

function isKnown(state: State, plugin: PluginId): boolean {
  return (
    state.mountsOfPlugin.has(plugin) ||
    state.catalog.has(plugin) ||
    findPlugin(state, plugin, UNVERSIONED) !== undefined
  )
}

function carryOut(state: State, node: Node, isGlobal: boolean, reload: Reload): ServerResponse {
  const { failedReloadStatus, globalReload, reloadsByTypeAndName } = BEHAVIOUR[state.product]
  const { count, errors } = reload(node)
  if (errors.length > 0) return refuse(failedReloadStatus, ...errors)
  if (isGlobal && globalReload.reachesStandbys) {
    for (const other of state.nodes.values()) {
      if (other !== node && runsMounts(state, other)) reload(other)
    }
  }
  return answer(
    { reload_id: nextUuid(state) },
    {
      status: isGlobal ? globalReload.status : 200,
      warnings: count === 0 && reloadsByTypeAndName ? ['no plugins were reloaded'] : null,
    },
  )
}

function reloadNamed(
  state: State,
  node: Node,
  namespace: Namespace,
  names: readonly string[],
): ReturnType<Reload> {
  const errors: string[] = []
  for (const name of names) {
    if (errors.length > 0 && BEHAVIOUR[state.product].reloadStopsAtFirstFailure) break
    const path = parseMountPath(name)
    const mount = path && state.mounts.get(mountPathIn(namespace, path))
    if (mount === undefined) {
      errors.push(`cannot fetch mount entry on "${name}"`)
      continue
    }
    const failure = reloadMount(state, node, mount)
    if (failure !== undefined) errors.push(`cannot reload plugin on "${name}": ${failure}`)
  }
  return { count: names.length, errors: errors.length === 0 ? [] : [joinErrors(errors)] }
}

/** Reloads every mount of these plugins in the namespace, until one fails. */
function reloadPlugins(
  state: State,
  node: Node,
  namespace: Namespace,
  plugins: readonly PluginId[],
): ReturnType<Reload> {
  let count = 0
  for (const plugin of plugins) {
    if (pluginType(plugin) === 'database') {
      if (BEHAVIOUR[state.product].reloadsByTypeAndName) {
        count += reloadConnections(state, node, plugin).length
      }
      continue
    }
    for (const path of state.mountsOfPlugin.get(plugin) ?? []) {
      const mount = state.mounts.get(path satisfies MountPath)
      if (mount?.namespace !== namespace) continue
      const failure = reloadMount(state, node, mount)
      if (failure !== undefined) return { count, errors: [failure] }
      count += 1
    }
  }
  return { count, errors: [] }
}
