/** Answers requests about a node and the cluster: health, leader, seal state, nodes and members. */
import type { ServerResponse } from '../../domain/exchange.ts'
import { answer, refuse, UNSUPPORTED_PATH } from './answers.ts'
import type { Node, State } from './state.ts'

/** The twin has no clock. This is its time. */
export const TWIN_TIME = new Date(Date.UTC(2026, 0, 1))

export const SEALED: ServerResponse = refuse(503, 'Vault is sealed')

/** Answered without a token, sealed or not. */
export function answerHealth(state: State, node: Node, query: URLSearchParams): ServerResponse {
  const sealed = node.state === 'sealed'
  const standby = node.address !== state.active
  const mode = sealed ? 'unknown' : state.product === 'openbao' ? 'primary' : 'disabled'
  const body = {
    initialized: true,
    sealed,
    standby,
    ...(state.product === 'vault' && { performance_standby: false, enterprise: false }),
    replication_performance_mode: mode,
    replication_dr_mode: sealed ? 'unknown' : 'disabled',
    server_time_utc: TWIN_TIME.getTime() / 1000,
    version: node.version,
    ...(!sealed && { cluster_name: state.cluster.name, cluster_id: state.cluster.id }),
  }
  const code = (name: string, otherwise: number) => Number(query.get(name) ?? otherwise)
  if (sealed) return { status: code('sealedcode', 503), body }
  if (standby && query.get('standbyok') !== 'true') {
    return { status: code('standbycode', 429), body }
  }
  return { status: code('activecode', 200), body }
}

/** Answered by any node that is not sealed, for itself. */
export function answerLeader(state: State, node: Node): ServerResponse {
  const leader = state.active === undefined ? undefined : state.nodes.get(state.active)
  return {
    status: 200,
    body: {
      ha_enabled: true,
      is_self: leader === node,
      ...(leader !== undefined && {
        leader_address: leader.address,
        leader_cluster_address: clusterAddress(leader),
      }),
    },
  }
}

/** Answered sealed or not. */
export function answerSealStatus(state: State, node: Node): ServerResponse {
  const sealed = node.state === 'sealed'
  return {
    status: 200,
    body: {
      type: 'shamir',
      initialized: true,
      sealed,
      version: node.version,
      ...(!sealed && { cluster_name: state.cluster.name, cluster_id: state.cluster.id }),
      storage_type: 'raft',
    },
  }
}

/** The nodes that report to the active node: those that are up and not sealed. */
export function answerHaStatus(state: State): ServerResponse {
  const nodes = [...state.nodes.values()]
    .filter((node) => node.state === 'up' || node.state === 'forwarding')
    .map((node) => ({
      hostname: new URL(node.address).hostname,
      api_address: node.address,
      cluster_address: clusterAddress(node),
      active_node: node.address === state.active,
      last_echo: node.address === state.active ? null : TWIN_TIME.toISOString(),
      version: node.version,
      upgrade_version: node.version,
    }))
  return answer({ nodes })
}

/**
 * Every member, also those that are down. Measured on OpenBao 2.7.2, where a standby answers this
 * too.
 */
export function answerRaftConfiguration(state: State): ServerResponse {
  const servers = [...state.nodes.values()].map((node, index) => ({
    node_id: `node${index + 1}`,
    address: new URL(clusterAddress(node)).host,
    leader: node.address === state.active,
    protocol_version: '3',
    voter: true,
  }))
  return answer({ config: { servers, index: 0 } })
}

/** A node's own configuration: only the fields that this program reads. */
export function answerConfiguration(state: State, node: Node): ServerResponse {
  return answer({
    api_addr: node.address,
    cluster_addr: clusterAddress(node),
    ...(state.product === 'openbao' && { disable_standby_reads: !state.standbysServe }),
  })
}

/** One port above the API's, as usual. */
function clusterAddress(node: Node): string {
  const url = new URL(node.address)
  return `https://${url.hostname}:${Number(url.port || 8200) + 1}`
}

export function answerReplicationStatus(state: State): ServerResponse {
  return state.product === 'vault' ? answer({ mode: 'disabled' }) : UNSUPPORTED_PATH
}

export function answerCapabilities(state: State, paths: unknown): ServerResponse {
  const asked = Array.isArray(paths) ? paths.map(String) : typeof paths === 'string' ? [paths] : []
  const byPath = asked.map((path) => [path, state.capabilities[path] ?? ['root']] as const)
  const [only] = byPath
  return answer({
    ...(byPath.length === 1 && only !== undefined && { capabilities: only[1] }),
    ...Object.fromEntries(byPath),
  })
}
