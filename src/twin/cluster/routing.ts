/**
 * Decides which node answers a request: the asked node, the active node for it, or none (a
 * redirect). Standbys of OpenBao answer reads and reloads themselves. Standbys of Vault answer
 * neither.
 */
import type { ServerRequest, ServerResponse } from '../../domain/exchange.ts'
import { type Namespace, parseNamespace, ROOT_NAMESPACE } from '../../domain/names.ts'
import { REDIRECT, refuse } from './answers.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { answerHealth, answerLeader, answerSealStatus, SEALED } from './cluster-status.ts'
import { answerRequest, type TwinRequest } from './requests.ts'
import type { Node, State } from './state.ts'

/** The answer to a request that was sent to `node`. */
export function route(state: State, node: Node, request: ServerRequest): ServerResponse {
  const read = readRequest(state, request)
  if (read === undefined) return refuse(400)
  const ownAnswer = answerForItself(state, node, read)
  if (ownAnswer !== undefined) return ownAnswer
  if (node.state === 'sealed') return SEALED
  if (!state.namespaces.has(read.namespace)) return refuse(404, 'namespace not found')
  if (node.address === state.active || answersAsStandby(state, node, read)) {
    return answerRequest(state, node, read)
  }
  if (!request.forwarding) return refuseToForward(state, node, read)
  const active = state.active === undefined ? undefined : state.nodes.get(state.active)
  return active === undefined
    ? refuse(500, 'local node not active but active cluster node not found')
    : answerRequest(state, active, read)
}

/** Parses a request. Undefined if the path is not percent-encoded correctly. */
function readRequest(state: State, request: ServerRequest): TwinRequest | undefined {
  const [encoded = '', query = ''] = request.path.split('?')
  const path = decode(encoded)
  const readsNamespace =
    BEHAVIOUR[state.product].hasNamespaces || state.namespaces.has(request.namespace)
  // A server without namespaces ignores the header.
  let namespace = readsNamespace ? parseNamespace(request.namespace) : ROOT_NAMESPACE
  if (path === undefined || namespace === undefined) return undefined
  let rest = path
  // The path may name namespaces too, as `ns1/sys/mounts`.
  for (;;) {
    const at = rest.indexOf('/')
    const deeper = `${namespace}${rest.slice(0, at + 1)}` as Namespace
    if (at < 0 || !state.namespaces.has(deeper)) break
    namespace = deeper
    rest = rest.slice(at + 1)
  }
  return {
    method: request.method,
    namespace,
    path: rest,
    query: new URLSearchParams(query),
    body: request.body ?? {},
  }
}

/** Decodes the path before it is split, as servers do: an encoded slash is a slash. */
function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/** The requests that every node answers for itself, active or standby. */
function answerForItself(
  state: State,
  node: Node,
  { path, query, namespace }: TwinRequest,
): ServerResponse | undefined {
  switch (path) {
    case 'sys/health':
      return namespace === ''
        ? answerHealth(state, node, query)
        : refuse(400, 'operation unavailable in namespaces')
    case 'sys/leader':
      return node.state === 'sealed' ? SEALED : answerLeader(state, node)
    case 'sys/seal-status':
      return answerSealStatus(state, node)
    // OpenBao does not have this path and refuses it before other checks.
    case 'sys/replication/status':
      return state.product === 'openbao' ? refuse(404, 'unsupported path') : undefined
    default:
      return undefined
  }
}

function answersAsStandby(state: State, node: Node, { method, path }: TwinRequest): boolean {
  if (!state.standbysServe || node.state !== 'up') return false
  if (method === 'GET') return path !== 'sys/ha-status'
  return path === 'sys/plugins/reload/backend' || path === 'sys/capabilities-self'
}

function refuseToForward(state: State, node: Node, { query }: TwinRequest): ServerResponse {
  const isStuck = state.standbysServe && node.state === 'forwarding'
  return isStuck && query.has('help') ? refuse(500, 'please forward to the active node') : REDIRECT
}
