/**
 * Finds the part of the twin that answers a request, after routing chose the node. Paths are those
 * of the HTTP API below `/v1/`, inside the request's namespace.
 */
import type { JsonObject, ServerResponse } from '../../domain/exchange.ts'
import {
  type Namespace,
  parseNamespace,
  parsePluginId,
  type PluginId,
  UNVERSIONED,
} from '../../domain/names.ts'
import { joinErrors, NO_CONTENT, refuse, UNSUPPORTED_PATH } from './answers.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { listCatalog, listType, answerEntry } from './catalog.ts'
import {
  answerCapabilities,
  answerConfiguration,
  answerRaftConfiguration,
  answerHaStatus,
  answerReplicationStatus,
} from './cluster-status.ts'
import {
  answerConnectionList,
  answerConnection,
  reloadPluginOfMount,
  resetConnection,
  writeConnection,
} from './connections.ts'
import { stepDown } from './leadership.ts'
import { findMountOf } from './mount-table.ts'
import {
  enableMount,
  answerMountList,
  type MountRequest,
  readMount,
  readTuning,
  tuneMount,
} from './mounts-api.ts'
import { createNamespace, answerNamespaceList } from './namespaces.ts'
import { deletePin, listPins, readPin, setPin } from './pins.ts'
import { deregister, register } from './registration.ts'
import { reloadBackend, reloadByTypeAndName } from './reload.ts'
import { reachMount } from './running.ts'
import { answerSecret } from './secrets.ts'
import { normaliseVersion } from './server-version.ts'
import type { Mount, Node, State } from './state.ts'

/** A parsed request. */
export interface TwinRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly namespace: Namespace
  /** Inside the namespace, without its query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: JsonObject
}

/** The answer of `node`, which does not forward the request. */
export function answerRequest(state: State, node: Node, request: TwinRequest): ServerResponse {
  const { path, method, namespace } = request
  if (!path.startsWith('sys/')) return answerBelowMounts(state, node, request)
  const [, area = '', ...rest] = path.split('/')
  switch (area) {
    case 'mounts':
    case 'auth':
      return answerMounts(state, node, request, area === 'auth' ? 'auth' : 'secret', rest)
    case 'plugins':
      return answerPlugins(state, node, request, rest)
    case 'namespaces':
      return answerNamespaces(state, request, rest.join('/'))
    case 'capabilities-self':
      return answerCapabilities(state, request.body['paths'] ?? request.body['path'])
    case 'ha-status':
      return answerHaStatus(state)
    case 'storage':
      return path === 'sys/storage/raft/configuration' && method === 'GET' && namespace === ''
        ? answerRaftConfiguration(state)
        : UNSUPPORTED_PATH
    case 'config':
      return path === 'sys/config/state/sanitized' && method === 'GET' && namespace === ''
        ? answerConfiguration(state, node)
        : UNSUPPORTED_PATH
    case 'replication':
      return answerReplicationStatus(state)
    case 'step-down':
      if (method === 'GET' || namespace !== '') return UNSUPPORTED_PATH
      stepDown(state)
      return NO_CONTENT
    default:
      return UNSUPPORTED_PATH
  }
}

function answerMounts(
  state: State,
  node: Node,
  { method, namespace, body }: TwinRequest,
  kind: 'secret' | 'auth',
  segments: readonly string[],
): ServerResponse {
  const isTuning = segments.length > 1 && segments.at(-1) === 'tune'
  const path = (isTuning ? segments.slice(0, -1) : segments).join('/').replace(/\/$/, '')
  const request: MountRequest = { kind, namespace, path }
  switch (method) {
    case 'GET':
      if (path === '') return answerMountList(state, node, namespace, kind)
      return isTuning ? readTuning(state, request) : readMount(state, node, request)
    case 'POST':
    case 'PUT':
      return isTuning ? tuneMount(state, request, body) : enableMount(state, node, request, body)
    case 'DELETE':
      // No plan disables a mount. Such a request is an error in this program, so the twin refuses
      // it.
      return refuse(405, joinErrors(['unsupported operation']))
  }
}

function answerPlugins(
  state: State,
  node: Node,
  request: TwinRequest,
  [area, ...rest]: readonly string[],
): ServerResponse {
  const plugin = parsePluginId(rest.join('/'))
  switch (area) {
    case 'catalog':
      return answerCatalog(state, node, request, plugin, rest)
    case 'pins':
      return BEHAVIOUR[state.product].hasPins
        ? answerPins(state, request, plugin, rest)
        : UNSUPPORTED_PATH
    case 'reload':
      return answerReload(state, node, request, plugin, rest.join('/'))
    case undefined:
    default:
      return UNSUPPORTED_PATH
  }
}

function answerCatalog(
  state: State,
  node: Node,
  { method, namespace, query, body }: TwinRequest,
  plugin: PluginId | undefined,
  rest: readonly string[],
): ServerResponse {
  if (rest.length === 0 && method === 'GET') return listCatalog(state)
  const isList = query.get('list') === 'true'
  if (rest.length === 1 && isList) return listType(state, rest[0] ?? '')
  // Only the root namespace has entries.
  if (plugin === undefined || namespace !== '') return UNSUPPORTED_PATH
  const version = normaliseVersion(query.get('version') ?? '') ?? UNVERSIONED
  switch (method) {
    case 'GET':
      return answerEntry(state, node, plugin, version)
    case 'POST':
    case 'PUT':
      return register(state, node, plugin, body)
    case 'DELETE':
      return deregister(state, plugin, version)
  }
}

function answerPins(
  state: State,
  { method, body }: TwinRequest,
  plugin: PluginId | undefined,
  rest: readonly string[],
): ServerResponse {
  if (rest.length === 0 && method === 'GET') return listPins(state)
  if (plugin === undefined) return UNSUPPORTED_PATH
  switch (method) {
    case 'GET':
      return readPin(state, plugin)
    case 'POST':
    case 'PUT':
      return setPin(state, plugin, body['version'])
    case 'DELETE':
      return deletePin(state, plugin)
  }
}

function answerReload(
  state: State,
  node: Node,
  { method, namespace, body }: TwinRequest,
  plugin: PluginId | undefined,
  rest: string,
): ServerResponse {
  const { reloadsByTypeAndName, unavailable } = BEHAVIOUR[state.product]
  if (rest === 'backend' && method !== 'GET') return reloadBackend(state, node, namespace, body)
  if (rest === 'backend/status') return refuseUnavailable(unavailable)
  if (plugin === undefined || !reloadsByTypeAndName || method === 'GET') return UNSUPPORTED_PATH
  return reloadByTypeAndName(state, node, namespace, plugin, body)
}

function refuseUnavailable({
  status,
  wrapped,
  words,
}: (typeof BEHAVIOUR)['vault']['unavailable']): ServerResponse {
  return refuse(status, wrapped ? joinErrors([words]) : words)
}

function answerNamespaces(
  state: State,
  { method, namespace, query }: TwinRequest,
  name: string,
): ServerResponse {
  const { hasNamespaces, unavailable } = BEHAVIOUR[state.product]
  if (!hasNamespaces) return refuseUnavailable(unavailable)
  if (method === 'GET') {
    return query.get('list') === 'true' ? answerNamespaceList(state, namespace) : UNSUPPORTED_PATH
  }
  if (method === 'DELETE' || name === '') return UNSUPPORTED_PATH
  return createNamespace(state, `${namespace}${parseNamespace(name)}` as Namespace)
}

function answerBelowMounts(state: State, node: Node, request: TwinRequest): ServerResponse {
  const { namespace, path, query, method } = request
  const isHelp = query.get('help') === '1' || query.get('help') === 'true'
  const full = `${namespace}${path}`
  const mount = findMountOf(state, full)
  if (mount?.namespace !== namespace) {
    return refuse(404, `no handler for route "${path}". route entry not found.`)
  }
  const reached = reachMount(state, node, mount)
  if (reached.kind === 'nil') {
    return refuse(404, `no handler for route "${path}". route entry found, but backend is nil.`)
  }
  if (reached.kind === 'failed') {
    const { wrapsStartErrors } = BEHAVIOUR[state.product]
    return refuse(500, wrapsStartErrors ? joinErrors([reached.words]) : reached.words)
  }
  if (isHelp) return { status: 200, body: { help: '<help text of the mount>' } }
  if (reached.isReadOnly && method !== 'GET') {
    return refuse(500, joinErrors(['failed to write: cannot write to storage during setup']))
  }
  const below = full.slice(mount.path.length)
  const lists = query.get('list') === 'true'
  return (
    (mount.plugin === 'secret/database'
      ? answerDatabase(state, node, mount, request, below)
      : undefined) ?? answerSecret(state, mount, { method, path: below, lists, body: request.body })
  )
}

/** Undefined if the request is not about connections: roles and other settings are plain data. */
function answerDatabase(
  state: State,
  node: Node,
  mount: Mount,
  { method, query, body }: TwinRequest,
  path: string,
): ServerResponse | undefined {
  const [area, name] = path.split('/')
  switch (area) {
    case 'config':
      if (name === undefined) {
        return query.get('list') === 'true' ? answerConnectionList(state, mount) : UNSUPPORTED_PATH
      }
      if (method === 'DELETE') return UNSUPPORTED_PATH
      return method === 'GET'
        ? answerConnection(state, node, mount, name)
        : writeConnection(state, node, mount, name, body)
    case 'reset':
      return name === undefined ? undefined : resetConnection(state, node, mount, name)
    case 'reload':
      if (name === undefined) return undefined
      return BEHAVIOUR[state.product].reloadsByTypeAndName
        ? reloadPluginOfMount(state, node, mount, name)
        : UNSUPPORTED_PATH
    case undefined:
    default:
      return undefined
  }
}
