/**
 * Decodes what nodes answer about themselves and their cluster. Shapes as documented, and measured
 * on OpenBao 2.7.2 and Vault 1.21.4 (`test/recordings`): fields that are optional here were absent
 * in some answers.
 */
import type { JsonObject } from '../../domain/exchange.ts'
import {
  wholeNumber,
  dataOf,
  type Decoder,
  fields,
  nonEmptyText,
  list,
  misfit,
  optional,
  text,
  truth,
} from './shape.ts'

/** `GET sys/health`. */
export interface Health {
  readonly initialized: boolean
  readonly sealed: boolean
  readonly standby: boolean
  readonly version: string
  /** Both empty if the node does not know them: sealed, or a standby that was just unsealed. */
  readonly clusterName: string
  readonly clusterId: string
}

export const health: Decoder<Health> = (body, at) => {
  const answer = fields(body, at)
  const sealed = truth(answer['sealed'], 'sealed')
  const initialized = truth(answer['initialized'], 'initialized')
  const standby = truth(answer['standby'], 'standby')
  // Only an active node must name its cluster.
  const isActive = initialized && !sealed && !standby
  const name = isActive
    ? nonEmptyText
    : (value: unknown, where: string) => optional(value, where, text) ?? ''
  return {
    initialized,
    sealed,
    standby,
    version: nonEmptyText(answer['version'], 'version'),
    clusterName: name(answer['cluster_name'], 'cluster_name'),
    clusterId: folderName(name(answer['cluster_id'], 'cluster_id'), 'cluster_id'),
  }
}

/**
 * The id of a cluster names a folder of this machine, so it must not lead out of the folder above.
 * Measured: it is a UUID.
 */
function folderName(id: string, at: string): string {
  const isName = /^[\w.-]{0,128}$/.test(id) && !/^\.+$/.test(id)
  return isName ? id : misfit(at, 'is not an id')
}

/** `GET sys/health`: the server's own clock, in seconds since 1970. */
export const serverTime: Decoder<number> = (body, at) =>
  wholeNumber(fields(body, at)['server_time_utc'], 'server_time_utc')

/** One node of `GET sys/ha-status`. */
export interface ReportingNode {
  readonly apiAddress: string
  /** With its scheme, as `https://10.0.0.1:8201`. */
  readonly clusterAddress: string
}

/** `GET sys/ha-status`. Measured: without high availability it lists the one node. */
export const haStatus: Decoder<readonly ReportingNode[]> = (body, at) => {
  const nodes = list(dataOf(body, at)['nodes'], 'data.nodes', (node, where) => {
    const answer = fields(node, where)
    return {
      apiAddress: text(answer['api_address'], `${where}.api_address`),
      clusterAddress: text(answer['cluster_address'], `${where}.cluster_address`),
    }
  })
  return nodes.length > 0 ? nodes : misfit('data.nodes', 'is empty, and the active node is one')
}

export interface RaftServer {
  readonly id: string
  /** `host:port`, of the cluster's own traffic. */
  readonly address: string
}

/** `GET sys/storage/raft/configuration`. */
export const raftConfiguration: Decoder<readonly RaftServer[]> = (body, at) => {
  const config = fields(dataOf(body, at)['config'], 'data.config')
  const servers = list(config['servers'], 'data.config.servers', (server, where) => {
    const answer = fields(server, where)
    return {
      id: nonEmptyText(answer['node_id'], `${where}.node_id`),
      address: nonEmptyText(answer['address'], `${where}.address`),
    }
  })
  return servers.length > 0 ? servers : misfit('data.config.servers', 'is empty')
}

/** `GET sys/seal-status`: the kind of storage, as `raft` or `inmem`. */
export const storageType: Decoder<string> = (body, at) =>
  nonEmptyText(fields(body, at)['storage_type'], 'storage_type')

/** `GET sys/leader`: whether the cluster can have more than one node. */
export const haEnabled: Decoder<boolean> = (body, at) =>
  truth(fields(body, at)['ha_enabled'], 'ha_enabled')

/** `GET sys/config/state/sanitized`. */
export interface OwnConfiguration {
  /** Empty if the address comes from the environment of the server. */
  readonly apiAddress: string
  readonly clusterAddress: string
  /**
   * Undefined on a server without this setting: every Vault, and OpenBao before its standbys served
   * reads.
   */
  readonly disableStandbyReads: boolean | undefined
}

export const ownConfiguration: Decoder<OwnConfiguration> = (body, at) => {
  const answer = dataOf(body, at)
  return {
    apiAddress: optional(answer['api_addr'], 'data.api_addr', text) ?? '',
    clusterAddress: optional(answer['cluster_addr'], 'data.cluster_addr', text) ?? '',
    disableStandbyReads: optional(
      answer['disable_standby_reads'],
      'data.disable_standby_reads',
      truth,
    ),
  }
}

/** A namespace directly below the one that was asked. */
export interface ListedNamespace {
  /** With its trailing slash, as `team/`. */
  readonly name: string
  readonly locked: boolean
  /** Being deleted. */
  readonly tainted: boolean
}

/** `LIST sys/namespaces`. */
export const namespaces: Decoder<readonly ListedNamespace[]> = (body, at) => {
  const data = dataOf(body, at)
  const infos = optional(data['key_info'], 'data.key_info', fields) ?? {}
  return list(data['keys'], 'data.keys', (key, where) => {
    const name = text(key, where)
    if (!/^[^/]+\/$/.test(name)) return misfit(where, 'is not the name of one namespace')
    const info: JsonObject =
      optional(infos[name], `data.key_info[${JSON.stringify(name)}]`, fields) ?? {}
    return {
      name,
      locked: optional(info['locked'], `data.key_info.locked`, truth) === true,
      tainted: optional(info['tainted'], `data.key_info.tainted`, truth) === true,
    }
  })
}

/** `POST sys/capabilities-self`: the token's capabilities on each of the paths. */
export function capabilities(
  paths: readonly string[],
): Decoder<ReadonlyMap<string, readonly string[]>> {
  return (body, at) => {
    const answer = dataOf(body, at)
    return new Map(
      paths.map((path) => {
        const where = `data[${JSON.stringify(path)}]`
        return [path, list(answer[path], where, text)] as const
      }),
    )
  }
}

/** `GET auth/token/lookup-self`: only the token's lifetime. */
export interface TokenLife {
  readonly renewable: boolean
  /** Seconds left. 0 for a token that never expires. */
  readonly ttl: number
}

export const tokenLife: Decoder<TokenLife> = (body, at) => {
  const answer = dataOf(body, at)
  return {
    renewable: truth(answer['renewable'], 'data.renewable'),
    ttl: wholeNumber(answer['ttl'], 'data.ttl'),
  }
}

/** `POST auth/token/renew-self`: the token's new lifetime in seconds. */
export const renewedLife: Decoder<number> = (body, at) =>
  wholeNumber(fields(fields(body, at)['auth'], 'auth')['lease_duration'], 'auth.lease_duration')

/** `GET auth/token/lookup-self`: what a person should know of the token. Never its id. */
export interface OwnToken extends TokenLife {
  /** `service` or `batch`. */
  readonly kind: string
  /** Those of the token and of its identity. */
  readonly policies: readonly string[]
  /** How often the token can still be used; 0: without limit. */
  readonly usesLeft: number
}

export const ownToken: Decoder<OwnToken> = (body, at) => {
  const answer = dataOf(body, at)
  const names = (key: string) =>
    optional(answer[key], `data.${key}`, (value, where) => list(value, where, text)) ?? []
  return {
    ttl: wholeNumber(answer['ttl'], 'data.ttl'),
    // Absent for a root token that never expires.
    renewable: optional(answer['renewable'], 'data.renewable', truth) ?? false,
    kind: nonEmptyText(answer['type'], 'data.type'),
    policies: [...new Set([...names('policies'), ...names('identity_policies')])],
    usesLeft: optional(answer['num_uses'], 'data.num_uses', wholeNumber) ?? 0,
  }
}
