/**
 * Every request this program can make to a server, by name. What is not here cannot be sent:
 * in particular nothing disables, moves or re-mounts a mount. Pure: builds requests, sends none.
 */
import type { JsonObject, ServerRequest } from '../domain/exchange.ts'
import {
  type MountPath,
  type Namespace,
  type PluginId,
  ROOT_NAMESPACE,
  type Version,
  pathInNamespace,
  pluginName,
  splitConnectionPath,
  type ConnectionPath,
  UNVERSIONED,
} from '../domain/names.ts'
import type { Action, Entry } from '../documents/plan.generated.ts'
import { LockstepError, unreachable } from '../domain/errors.ts'
import { faultInMountPath } from '../domain/name-faults.ts'
import { type RequestPath, requestPath, withQuery } from './request-path.ts'

abstract class Made implements ServerRequest {
  declare readonly method: ServerRequest['method']
  declare readonly path: RequestPath
  declare readonly body?: JsonObject
  declare readonly namespace: Namespace
  declare readonly forwarding: boolean
  declare readonly anonymous?: true

  constructor(fields: ServerRequest & { readonly path: RequestPath }) {
    Object.assign(this, fields)
  }
}

// Exported as types only, so that no other module makes one; and what a class protects is in no
// literal, and lost where a request is spread to change it.

/** A request that changes nothing. */
class ReadRequest extends Made {
  declare protected readonly changes: 'nothing'
}
/** A request that changes what `requests.test.ts` lists. */
class WriteRequest extends Made {
  declare protected readonly changes: 'something'
}
export type { ReadRequest, WriteRequest }

function get(path: RequestPath, options: Partial<Where> = {}): ReadRequest {
  return new ReadRequest({ method: 'GET', path, ...ANYWHERE, ...options })
}

function post(path: RequestPath, body: JsonObject, options: Partial<Where> = {}): WriteRequest {
  return new WriteRequest({ method: 'POST', path, body, ...ANYWHERE, ...options })
}

/** Nothing else is ever deleted. */
function removeEntry(plugin: PluginId, version: Version): WriteRequest {
  return new WriteRequest({ method: 'DELETE', path: entryPath(plugin, version), ...ANYWHERE })
}

type Where = Pick<ServerRequest, 'namespace' | 'forwarding' | 'anonymous'>
const ANYWHERE: Where = { namespace: ROOT_NAMESPACE, forwarding: true }

/** Asked of the node itself: what `forwarding: false` is for. */
const ITSELF = { forwarding: false } as const

/** Answered by every node to anybody, so that no token need be sent to find out which it is. */
const ANONYMOUS = { ...ITSELF, anonymous: true } as const

const LIST = { list: 'true' } as const

// ---- reads

/** Answered by any node for itself, without a token, sealed or not. */
export function readHealth(): ReadRequest {
  const path = withQuery(requestPath`sys/health`, {
    standbyok: 'true',
    perfstandbyok: 'true',
    sealedcode: '200',
    uninitcode: '200',
  })
  return get(path, ANONYMOUS)
}

/** The nodes the active one has heard of. */
export function readHaStatus(): ReadRequest {
  return get(requestPath`sys/ha-status`)
}

/** The members of the cluster, whether or not they report to the active node. */
export function readRaftConfiguration(): ReadRequest {
  return get(requestPath`sys/storage/raft/configuration`)
}

/** What a node's storage is, among others; answered without a token, sealed or not. */
export function readSealStatus(): ReadRequest {
  return get(requestPath`sys/seal-status`, ANONYMOUS)
}

/** Who leads, and whether there can be more nodes than one; answered without a token. */
export function readLeader(): ReadRequest {
  return get(requestPath`sys/leader`, ANONYMOUS)
}

/**
 * How a node is configured, its own addresses among it and no secret. Measured on OpenBao 2.7.2: a
 * standby answers it for itself; Vault's send such a request to the active node.
 */
export function readOwnConfiguration(): ReadRequest {
  return get(requestPath`sys/config/state/sanitized`, ITSELF)
}

export function readCatalog(): ReadRequest {
  return get(requestPath`sys/plugins/catalog`)
}

/** One entry with its command and args; without a version the unversioned entry or the builtin. */
export function readCatalogEntry(
  plugin: PluginId,
  version: Version,
  options: { forwarding: boolean } = { forwarding: true },
): ReadRequest {
  return get(entryPath(plugin, version), options)
}

export function readPins(): ReadRequest {
  return get(requestPath`sys/plugins/pins`)
}

/** The namespaces right below one (OpenBao, Vault Enterprise). */
export function listNamespaces(namespace: Namespace): ReadRequest {
  return get(withQuery(requestPath`sys/namespaces`, LIST), { namespace })
}

/** The secrets engines of a namespace as this node runs them. */
export function readSecretMounts(namespace: Namespace): ReadRequest {
  return get(requestPath`sys/mounts`, { namespace, ...ITSELF })
}

/** The auth methods of a namespace as this node runs them. */
export function readAuthMounts(namespace: Namespace): ReadRequest {
  return get(requestPath`sys/auth`, { namespace, ...ITSELF })
}

/**
 * One mount as this node runs it. Costs a server as little with thousands of other mounts: measured
 * with 1,060 on OpenBao 2.7.2, 1 to 2 ms against 60 to 80 for the list.
 */
export function readOneMount(mount: MountPath, namespace: Namespace): ReadRequest {
  return get(mountPath(mount, namespace), { namespace, ...ITSELF })
}

/** Answered by the mount's backend itself, if it lives; writes nothing, for every plugin. */
export function readMountHelp(mount: MountPath, namespace: Namespace): ReadRequest {
  const path = requestPath`${mountIn(mount, namespace)}`
  return get(withQuery(path, { help: '1' }), { namespace, ...ITSELF })
}

/**
 * A path below a mount, for its `verify`. One that ends in a slash is listed, which no engine
 * makes a lease for: a standby of OpenBao answers 500 to a read that would have to store one.
 */
export function readBelowMount(mount: MountPath, namespace: Namespace, path: string): ReadRequest {
  const below = requestPath`${mountIn(mount, namespace)}${path}`
  return get(withQuery(below, path.endsWith('/') ? LIST : {}), { namespace, ...ITSELF })
}

export function listConnections(mount: MountPath, namespace: Namespace): ReadRequest {
  return get(withQuery(requestPath`${mountIn(mount, namespace)}config`, LIST), { namespace })
}

export function readConnection(connection: ConnectionPath, namespace: Namespace): ReadRequest {
  return get(connectionPath(connection, namespace), { namespace })
}

/** What the token may do on each path. Writes nothing. */
export function readCapabilities(paths: readonly string[]): ReadRequest {
  const path = requestPath`sys/capabilities-self`
  return new ReadRequest({ method: 'POST', path, body: { paths }, ...ANYWHERE })
}

// ---- writes

/** The request of an action. `env` is `NAME=value` for each variable of a registration. */
export function requestOf(action: Action, env: readonly string[] = []): WriteRequest {
  switch (action.kind) {
    case 'register':
      return post(entryPath(action.plugin, UNVERSIONED), registration(action, env))
    case 'enable':
      return post(mountPath(action.mount, action.namespace), enabling(action), {
        namespace: action.namespace,
      })
    case 'tune':
      return post(
        tuningPath(action.mount, action.namespace),
        { plugin_version: action.version },
        { namespace: action.namespace },
      )
    case 'repoint':
      return post(
        connectionPath(action.connection, action.namespace),
        { plugin_version: action.version },
        { namespace: action.namespace },
      )
    case 'reload':
      // One request that names them all disturbs the mounts that share a process once, not each time.
      return post(
        requestPath`sys/plugins/reload/backend`,
        // As they are: a body is not decoded.
        { mounts: action.mounts.map((mount) => mountIn(mount, action.namespace)) },
        { namespace: action.namespace, ...ITSELF },
      )
    case 'deregister':
      return removeEntry(action.plugin, action.version)
    default:
      return unreachable(action)
  }
}

function registration(action: Action & { kind: 'register' }, env: readonly string[]): JsonObject {
  const entry: Entry = action.entry
  return {
    ...(action.version !== UNVERSIONED && { version: action.version }),
    sha256: entry.sha256,
    command: entry.command,
    ...(entry.args.length > 0 && { args: entry.args }),
    ...(env.length > 0 && { env }),
  }
}

function enabling(action: Action & { kind: 'enable' }): JsonObject {
  const name = pluginName(action.plugin)
  // Said whenever there is one: a mount made without a version takes the highest registered one.
  return action.version === UNVERSIONED
    ? { type: name }
    : { type: name, config: { plugin_version: action.version } }
}

function entryPath(plugin: PluginId, version: Version): RequestPath {
  const path = requestPath`sys/plugins/catalog/${plugin}`
  return version === UNVERSIONED ? path : withQuery(path, { version })
}

/** `sys/mounts/<path>` or `sys/auth/<path>`, inside the mount's namespace. */
function mountPath(mount: MountPath, namespace: Namespace): RequestPath {
  const [kind, path] = apiPlace(mount, namespace)
  return kind === 'auth' ? requestPath`sys/auth/${path}` : requestPath`sys/mounts/${path}`
}

function tuningPath(mount: MountPath, namespace: Namespace): RequestPath {
  const [kind, path] = apiPlace(mount, namespace)
  return kind === 'auth' ? requestPath`sys/auth/${path}/tune` : requestPath`sys/mounts/${path}/tune`
}

/** Under which part of `sys/` a mount is, and its path there, without the trailing slash. */
function apiPlace(mount: MountPath, namespace: Namespace): readonly ['auth' | 'mounts', string] {
  const path = mountIn(mount, namespace).replace(/\/$/, '')
  return path.startsWith('auth/') ? ['auth', path.slice('auth/'.length)] : ['mounts', path]
}

function connectionPath(connection: ConnectionPath, namespace: Namespace): RequestPath {
  const { mount, name } = splitConnectionPath(connection)
  return requestPath`${mountIn(mount, namespace)}config/${name}`
}

/**
 * A mount's path in its namespace. Throws a LockstepError where it does not lie there, or where
 * requests below it would be requests to the server itself.
 */
function mountIn(mount: MountPath, namespace: Namespace): string {
  const path = mount.startsWith(namespace) ? pathInNamespace(mount, namespace) : ''
  const fault = faultInMountPath(path)
  if (fault === undefined) return path
  throw new LockstepError({
    code: 'unusable-path',
    message: `no request can be made for the mount ${JSON.stringify(mount)} in the namespace ${JSON.stringify(namespace)}: its path ${path === '' ? 'is not in that namespace' : fault}`,
    hint: 'Plan again, and look at who wrote the plan that names it.',
  })
}

/** A KV version 2 secret, as `<mount>/<path>`: its newest version and when that was written. */
export function readLock(kv: string): ReadRequest {
  return get(kvDataPath(kv))
}

/** Written only if nobody else wrote since `version` (0: nothing is there yet). */
export function writeLock(kv: string, version: number, data: JsonObject): WriteRequest {
  return post(kvDataPath(kv), { options: { cas: version }, data })
}

/** What is mounted at a path, and with which options: any token that may use the path may ask. */
export function readMountOf(path: string): ReadRequest {
  return get(requestPath`sys/internal/ui/mounts/${path}`)
}

function kvDataPath(kv: string): RequestPath {
  const at = kv.indexOf('/')
  return requestPath`${kv.slice(0, at)}/data/${kv.slice(at + 1)}`
}

/** What the token is: one with the default policy may look itself up. */
export function readOwnToken(): ReadRequest {
  return get(requestPath`auth/token/lookup-self`)
}

/** Gives the token a longer life, where it may have one. */
export function renewToken(): WriteRequest {
  return post(requestPath`auth/token/renew-self`, {})
}
