/**
 * Builds every request that this program can send to a server, one function for each. No other
 * request can be sent: nothing disables, moves or re-mounts a mount. Pure: sends nothing.
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
import { findProblemInMountPath } from '../domain/name-problems.ts'
import { type RequestPath, requestPath, withQuery } from './request-path.ts'

abstract class BaseRequest implements ServerRequest {
  declare readonly method: ServerRequest['method']
  declare readonly path: RequestPath
  declare readonly body?: JsonObject
  declare readonly namespace: Namespace
  declare readonly forwarding: boolean
  declare readonly anonymous?: true
  declare readonly token?: string

  constructor(fields: ServerRequest & { readonly path: RequestPath }) {
    Object.assign(this, fields)
  }
}

// Exported only as types, so that no other module can make a request. The protected member makes an
// object literal unfit for these types, also one that copies a request with a spread.

/** A request that changes nothing. */
class ReadRequest extends BaseRequest {
  declare protected readonly changes: 'nothing'
}
/** A request that changes what `requests.test.ts` lists. */
class WriteRequest extends BaseRequest {
  declare protected readonly changes: 'something'
}
export type { ReadRequest, WriteRequest }

function get(path: RequestPath, options: Partial<RequestOptions> = {}): ReadRequest {
  return new ReadRequest({ method: 'GET', path, ...DEFAULT_OPTIONS, ...options })
}

function post(
  path: RequestPath,
  body: JsonObject,
  options: Partial<RequestOptions> = {},
): WriteRequest {
  return new WriteRequest({ method: 'POST', path, body, ...DEFAULT_OPTIONS, ...options })
}

/** The only request that deletes something. */
function removeEntry(plugin: PluginId, version: Version): WriteRequest {
  return new WriteRequest({
    method: 'DELETE',
    path: entryPath(plugin, version),
    ...DEFAULT_OPTIONS,
  })
}

type RequestOptions = Pick<ServerRequest, 'namespace' | 'forwarding' | 'anonymous' | 'token'>
const DEFAULT_OPTIONS: RequestOptions = { namespace: ROOT_NAMESPACE, forwarding: true }

/** The node itself answers: it must not forward the request. */
const NODE_ITSELF = { forwarding: false } as const

/** Every node answers these without a token, so none is sent before the node is known. */
const ANONYMOUS = { ...NODE_ITSELF, anonymous: true } as const

const LIST = { list: 'true' } as const

// ---- reads

/** The health of a node. Every node answers it for itself, without a token, sealed or not. */
export function readHealth(): ReadRequest {
  const path = withQuery(requestPath`sys/health`, {
    standbyok: 'true',
    perfstandbyok: 'true',
    sealedcode: '200',
    uninitcode: '200',
  })
  return get(path, ANONYMOUS)
}

/** The nodes that report to the active node. */
export function readHaStatus(): ReadRequest {
  return get(requestPath`sys/ha-status`)
}

/** The members of the Raft cluster, also those that do not report to the active node. */
export function readRaftConfiguration(): ReadRequest {
  return get(requestPath`sys/storage/raft/configuration`)
}

/** The kind of a node's storage, among others. Answered without a token, sealed or not. */
export function readSealStatus(): ReadRequest {
  return get(requestPath`sys/seal-status`, ANONYMOUS)
}

/**
 * Which node is active, and whether the cluster can have more than one node. Answered without a
 * token.
 */
export function readLeader(): ReadRequest {
  return get(requestPath`sys/leader`, ANONYMOUS)
}

/**
 * A node's configuration with its own addresses, without secrets. Measured on OpenBao 2.7.2: a
 * standby answers it for itself. Standbys of Vault forward it to the active node.
 */
export function readOwnConfiguration(): ReadRequest {
  return get(requestPath`sys/config/state/sanitized`, NODE_ITSELF)
}

/** The list of all entries, without their commands. */
export function readCatalog(): ReadRequest {
  return get(requestPath`sys/plugins/catalog`)
}

/** One entry with its command and args. Without a version: the unversioned entry or the builtin. */
export function readCatalogEntry(
  plugin: PluginId,
  version: Version,
  options: { forwarding: boolean } = { forwarding: true },
): ReadRequest {
  return get(entryPath(plugin, version), options)
}

/** The pins (Vault). */
export function readPins(): ReadRequest {
  return get(requestPath`sys/plugins/pins`)
}

/** The namespaces directly below one (OpenBao, Vault Enterprise). */
export function listNamespaces(namespace: Namespace): ReadRequest {
  return get(withQuery(requestPath`sys/namespaces`, LIST), { namespace })
}

/** The secrets engines of a namespace as this node runs them. */
export function readSecretMounts(namespace: Namespace): ReadRequest {
  return get(requestPath`sys/mounts`, { namespace, ...NODE_ITSELF })
}

/** The auth methods of a namespace as this node runs them. */
export function readAuthMounts(namespace: Namespace): ReadRequest {
  return get(requestPath`sys/auth`, { namespace, ...NODE_ITSELF })
}

/**
 * One mount as this node runs it. The request is cheap on a server with thousands of mounts:
 * measured with 1,060 on OpenBao 2.7.2, 1 to 2 ms, and 60 to 80 for the list.
 */
export function readOneMount(mount: MountPath, namespace: Namespace): ReadRequest {
  return get(mountPath(mount, namespace), { namespace, ...NODE_ITSELF })
}

/**
 * The help text of a mount. The mount's own backend answers it, if it is up. Writes nothing, for
 * every plugin.
 */
export function readMountHelp(mount: MountPath, namespace: Namespace): ReadRequest {
  const path = requestPath`${mountIn(mount, namespace)}`
  return get(withQuery(path, { help: '1' }), { namespace, ...NODE_ITSELF })
}

/**
 * A path below a mount, for its `verify`. A path that ends in a slash is listed: no engine makes a
 * lease for a list, and a standby of OpenBao answers 500 to a read that would have to store a
 * lease.
 */
export function readBelowMount(mount: MountPath, namespace: Namespace, path: string): ReadRequest {
  const below = requestPath`${mountIn(mount, namespace)}${path}`
  return get(withQuery(below, path.endsWith('/') ? LIST : {}), { namespace, ...NODE_ITSELF })
}

/** The names of the connections of a `database` mount. */
export function listConnections(mount: MountPath, namespace: Namespace): ReadRequest {
  return get(withQuery(requestPath`${mountIn(mount, namespace)}config`, LIST), { namespace })
}

/** The settings of one connection, without its password. */
export function readConnection(connection: ConnectionPath, namespace: Namespace): ReadRequest {
  return get(connectionPath(connection, namespace), { namespace })
}

/** The token's capabilities on each path. Writes nothing. */
export function readCapabilities(paths: readonly string[]): ReadRequest {
  const path = requestPath`sys/capabilities-self`
  return new ReadRequest({ method: 'POST', path, body: { paths }, ...DEFAULT_OPTIONS })
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
      // One request that names all mounts restarts a shared process only once.
      return post(
        requestPath`sys/plugins/reload/backend`,
        // Not percent-encoded: this is a body.
        { mounts: action.mounts.map((mount) => mountIn(mount, action.namespace)) },
        { namespace: action.namespace, ...NODE_ITSELF },
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
  // Sent whenever there is one: a mount that is made without a version gets the highest registered
  // version.
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

/** The part of `sys/` that has a mount, and the mount's path there without the trailing slash. */
function apiPlace(mount: MountPath, namespace: Namespace): readonly ['auth' | 'mounts', string] {
  const path = mountIn(mount, namespace).replace(/\/$/, '')
  return path.startsWith('auth/') ? ['auth', path.slice('auth/'.length)] : ['mounts', path]
}

function connectionPath(connection: ConnectionPath, namespace: Namespace): RequestPath {
  const { mount, name } = splitConnectionPath(connection)
  return requestPath`${mountIn(mount, namespace)}config/${name}`
}

/**
 * A mount's path in its namespace. Throws a LockstepError if the mount is not in the namespace, or
 * if requests below the path would be requests to the server itself.
 */
function mountIn(mount: MountPath, namespace: Namespace): string {
  const path = mount.startsWith(namespace) ? pathInNamespace(mount, namespace) : ''
  const problem = findProblemInMountPath(path)
  if (problem === undefined) return path
  throw new LockstepError({
    code: 'unusable-path',
    message: `no request can be made for the mount ${JSON.stringify(mount)} in the namespace ${JSON.stringify(namespace)}: its path ${path === '' ? 'is not in that namespace' : problem}`,
    hint: 'Make the plan again, and check who wrote the plan that names this mount.',
  })
}

/**
 * A secret of a KV store (version 2), as `<mount>/<path>`: its newest version and the time of that
 * version.
 */
export function readSecret(kv: string): ReadRequest {
  return get(kvPath(kv, 'data'))
}

/** Writes the secret only if its version is still `version` (0: there is none yet). */
export function writeSecret(kv: string, version: number, data: JsonObject): WriteRequest {
  return post(kvPath(kv, 'data'), { options: { cas: version }, data })
}

/** The names of the secrets and folders below a path of a KV store (version 2). */
export function listSecrets(kv: string): ReadRequest {
  return get(withQuery(kvPath(kv, 'metadata'), LIST))
}

/**
 * Makes the store keep only the newest version of a secret, and refuse a write without
 * check-and-set.
 */
export function keepOneVersion(kv: string): WriteRequest {
  return post(kvPath(kv, 'metadata'), { max_versions: 1, cas_required: true })
}

/** The mount at a path and its options. Any token that may use the path may ask. */
export function readMountOf(path: string): ReadRequest {
  return get(requestPath`sys/internal/ui/mounts/${path}`)
}

function kvPath(kv: string, part: 'data' | 'metadata'): RequestPath {
  const at = kv.indexOf('/')
  return requestPath`${kv.slice(0, at)}/${part}/${kv.slice(at + 1)}`
}

/** The token's own data. The default policy allows this request. */
export function readOwnToken(): ReadRequest {
  return get(requestPath`auth/token/lookup-self`)
}

/** Renews the token, if it is renewable. */
export function renewToken(): WriteRequest {
  return post(requestPath`auth/token/renew-self`, {})
}

// ---- logins

/**
 * A login at the auth method that is mounted at `auth/<mount>/`. Sent without a token. `user`: the
 * name that the path of a login with a password ends in.
 */
export function logIn(mount: string, body: JsonObject, user?: string): WriteRequest {
  const login = requestPath`auth/${mount}/login`
  const path = user === undefined ? login : requestPath`auth/${mount}/login/${user}`
  return post(path, body, { anonymous: true })
}

/**
 * Where a wrapping token was made. Measured on OpenBao 2.7.2: answered without another token, and
 * the wrapping token stays usable.
 */
export function lookUpWrapping(token: string): ReadRequest {
  const path = requestPath`sys/wrapping/lookup`
  const options = { ...DEFAULT_OPTIONS, anonymous: true } as const
  return new ReadRequest({ method: 'POST', path, body: { token }, ...options })
}

/**
 * Takes out what a wrapping token stands for, which ends the wrapping token. Measured on OpenBao
 * 2.7.2: refused (403) unless the wrapping token is the token of the request.
 */
export function unwrap(token: string): WriteRequest {
  return post(requestPath`sys/wrapping/unwrap`, {}, { token })
}

/** Ends a token. The default policy allows this request. */
export function revokeToken(token: string): WriteRequest {
  return post(requestPath`auth/token/revoke-self`, {}, { token })
}
