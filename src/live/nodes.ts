/** The nodes of a cluster, and what each says of itself without being asked for a token. */
import { LockstepError } from '../domain/errors.ts'
import type { LiveNode } from '../domain/live.ts'
import { compareText, type NodeAddress, parseNodeAddress } from '../domain/names.ts'
import { dataOf, fields, text } from '../server/body.ts'
import type { Client } from '../server/client.ts'
import { errorWords, saysComeBack } from '../server/faults.ts'
import { readHaStatus, readHealth, readRaftConfiguration } from '../server/requests.ts'

/** What a node's health says, beside its own state. */
export interface NodeReport {
  readonly node: LiveNode
  readonly cluster: { readonly name: string; readonly id: string }
}

export interface Discovery {
  /** Each node's own address as the cluster advertises it, sorted. */
  readonly addresses: readonly NodeAddress[]
  /** Members of the cluster that the active node has not heard of lately: a dead one, above all. */
  readonly unheard: readonly LiveNode[]
}

/** How often, and after which pauses in milliseconds, standbys are waited for that have not yet reported. */
const REPORTED_AFTER = [300, 700, 1500] as const

/**
 * A server without high availability has one node: the address itself. The active node forgets a
 * standby that is dead for ten seconds, and knows none right after it became active: so its list
 * is held against the members of the Raft cluster, where the token may read them.
 */
export async function discoverNodes(client: Client, address: NodeAddress): Promise<Discovery> {
  for (const pause of [...REPORTED_AFTER, undefined]) {
    const found = await discoverOnce(client, address)
    if (found !== undefined && (found.unheard.length === 0 || pause === undefined)) return found
    if (pause === undefined) break
    await client.wait(pause)
  }
  // Nobody leads: the refusal says it.
  await client.read(address, readHaStatus())
  return { addresses: [address], unheard: [] }
}

/** Undefined where the node could not say just now, as during a change of leader. */
async function discoverOnce(client: Client, address: NodeAddress): Promise<Discovery | undefined> {
  const [response, members] = await Promise.all([
    client.ask(address, readHaStatus()),
    readRaftMembers(client, address),
  ])
  if (saysComeBack(response)) return undefined
  if (response.status === 400 || response.status === 404) {
    return { addresses: [address], unheard: [] }
  }
  const body = response.status === 200 ? response.body : await client.read(address, readHaStatus())
  const listed = dataOf(body)['nodes']
  const nodes = (Array.isArray(listed) ? listed : []).map((node) => fields(node))
  if (nodes.length === 0) return { addresses: [address], unheard: [] }
  const found = nodes.map((node) => {
    const advertised = text(node['api_address'])
    const parsed = parseNodeAddress(advertised)
    if (parsed === undefined) throw unusable(advertised)
    return parsed
  })
  const reporting = new Set(nodes.map((node) => hostOf(text(node['cluster_address']))))
  const scheme = found[0]?.startsWith('https:') === true ? 'https' : 'http'
  return {
    addresses: [...new Set(found)].sort(compareText),
    unheard: members
      .filter((member) => !reporting.has(hostOf(member.address)))
      .flatMap((member) => {
        // Its own address is not known; the one it has in the Raft cluster names it as well.
        const named = parseNodeAddress(`${scheme}://${member.address}`)
        return named === undefined ? [] : unreachable(named, unheardOf(member.id))
      }),
  }
}

function unheardOf(id: string): string {
  return `the active node has not heard of this member of the Raft cluster, ${id}`
}

interface RaftMember {
  readonly id: string
  /** `host:port`, of the cluster's own traffic. */
  readonly address: string
}

/** None where the storage is another, or the token may not read them. */
async function readRaftMembers(client: Client, address: NodeAddress): Promise<RaftMember[]> {
  const response = await client.ask(address, readRaftConfiguration())
  if (response.status !== 200) return []
  const servers = fields(dataOf(response.body)['config'])['servers']
  return (Array.isArray(servers) ? servers : []).map((server) => ({
    id: text(fields(server)['node_id']),
    address: text(fields(server)['address']),
  }))
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '')
}

function unusable(advertised: string): LockstepError {
  return new LockstepError({
    code: 'bad-node-address',
    message: `a node of the cluster advertises the address "${advertised}", which is none`,
    hint: 'Set api_addr in its configuration, or list the nodes under cluster.nodes.',
  })
}

const NOBODY = { name: '', id: '' }

/** Never throws: a node that does not answer is part of what there is to know. */
export async function readNode(
  client: Client,
  address: NodeAddress,
  signal?: AbortSignal,
): Promise<NodeReport> {
  try {
    const response = await client.ask(address, readHealth(), signal)
    const health = fields(response.body)
    if (response.status !== 200 || health['sealed'] === undefined) {
      const detail = errorWords(response) || `HTTP ${response.status} on sys/health`
      return { node: unreachable(address, detail), cluster: NOBODY }
    }
    const sealed = health['sealed'] === true || health['initialized'] === false
    return {
      node: {
        address,
        role: sealed ? 'unknown' : health['standby'] === true ? 'standby' : 'active',
        state: sealed ? 'sealed' : 'serving',
        version: text(health['version']),
        ...(sealed && { detail: health['initialized'] === false ? 'not initialized' : 'sealed' }),
      },
      cluster: { name: text(health['cluster_name']), id: text(health['cluster_id']) },
    }
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return {
      node: unreachable(address, error.message.replace(`${address}: `, '')),
      cluster: NOBODY,
    }
  }
}

function unreachable(address: NodeAddress, detail: string): LiveNode {
  return { address, role: 'unknown', state: 'unreachable', version: '', detail }
}
