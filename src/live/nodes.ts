/** The nodes of a cluster, and what each says of itself without being asked for a token. */
import { LockstepError } from '../domain/errors.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import type { LiveNode, Unreadable } from '../domain/live.ts'
import { compareText, type NodeAddress, parseNodeAddress } from '../domain/names.ts'
import { dataOf, fields, text } from '../server/body.ts'
import type { Reader } from '../server/reader.ts'
import { whyUnread, errorWords, refusal, saysComeBack } from '../server/faults.ts'
import {
  readHaStatus,
  readHealth,
  readRaftConfiguration,
  readSealStatus,
} from '../server/requests.ts'

/** What a node's health says, beside its own state. */
export interface NodeReport {
  readonly node: LiveNode
  readonly cluster: { readonly name: string; readonly id: string }
}

export interface NodesFound {
  /** Each node's own address, sorted. */
  readonly addresses: readonly NodeAddress[]
  /** Members of the cluster that nobody can ask: dead ones, above all, or left out of a given list. */
  readonly unheard: readonly LiveNode[]
  readonly unreadable: readonly Unreadable[]
}

/** How often, and after which pauses in milliseconds, nodes are waited for that have not yet reported. */
const REPORTED_AFTER = [300, 700, 1500] as const

/**
 * The nodes the cluster tells of. A server without high availability has one: the address itself.
 * The active node forgets a standby that is dead for ten seconds, and knows none right after it
 * became active: so its list is held against the members of the Raft cluster. Throws a
 * LockstepError where nodes share one advertised address, or the token may not ask for them.
 */
export async function discoverNodes(reader: Reader, address: NodeAddress): Promise<NodesFound> {
  const found = await readMembers(reader, address, ({ unheard }) => unheard.length === 0)
  if (found.refused !== undefined) throw refusal(address, readHaStatus(), found.refused)
  const shared = sharedAddress(found.reporting)
  if (shared !== undefined) throw notTheirOwn(shared, found.reporting.length)
  const { reporting, unheard, unreadable } = found
  return {
    addresses: reporting.length === 0 ? [address] : [...reporting].sort(compareText),
    unheard: unheard.map((member) =>
      unasked(
        member.address,
        `the active node has not heard of this member of the Raft cluster, ${member.id}`,
      ),
    ),
    unreadable,
  }
}

/**
 * Holds a given list of nodes against the cluster's members, so that none is left out unnoticed.
 * A node may be given by another address than it advertises, as through a port forward: where
 * there are as many as the cluster has, they are taken for its members. Throws a LockstepError
 * where an address given is advertised by several nodes.
 */
export async function findLeftOut(
  reader: Reader,
  address: NodeAddress,
  given: readonly NodeAddress[],
): Promise<Omit<NodesFound, 'addresses'>> {
  const { reporting, unheard, unreadable, refused } = await readMembers(reader, address, () => true)
  const shared = sharedAddress(reporting)
  if (shared !== undefined && given.includes(shared)) throw notTheirOwn(shared, reporting.length)
  const size = reporting.length + unheard.length
  const members = [...new Set([...reporting, ...unheard.map((member) => member.address)])]
  const detail = `the cluster has ${size} nodes, ${given.length} are given, and this address is not among them`
  return {
    unheard:
      size <= given.length
        ? []
        : members
            .filter((member) => !given.includes(member))
            .map((member) => unasked(member, detail)),
    unreadable:
      refused === undefined
        ? unreadable
        : [{ what: 'nodes', path: readHaStatus().path, ...whyUnread(refused) }, ...unreadable],
  }
}

interface Members {
  /** What each node that reports to the active one advertises; none without high availability. */
  readonly reporting: readonly NodeAddress[]
  /** Members of the Raft cluster that do not, under their address there: their own is not known. */
  readonly unheard: readonly { readonly id: string; readonly address: NodeAddress }[]
  readonly unreadable: readonly Unreadable[]
  /** Why the reporting nodes could not be had. */
  readonly refused?: ServerResponse
}

/** Asks again while the node cannot say, as during a change of leader, or what it says is not `enough`. */
async function readMembers(
  reader: Reader,
  address: NodeAddress,
  enough: (members: Members) => boolean,
): Promise<Members> {
  for (const pause of REPORTED_AFTER) {
    const { members, passing } = await readMembersOnce(reader, address)
    if (!passing && enough(members)) return members
    await reader.wait(pause)
  }
  return (await readMembersOnce(reader, address)).members
}

async function readMembersOnce(
  reader: Reader,
  address: NodeAddress,
): Promise<{ readonly members: Members; readonly passing: boolean }> {
  const [response, raft] = await Promise.all([
    reader.askTwice(address, readHaStatus()),
    readRaftMembers(reader, address),
  ])
  const nobody = { reporting: [], unheard: [], unreadable: raft.unreadable }
  if (response.status !== 200) {
    const none = response.status === 400 || response.status === 404
    return {
      members: none ? nobody : { ...nobody, refused: response },
      passing: saysComeBack(response),
    }
  }
  const listed = dataOf(response.body)['nodes']
  const nodes = (Array.isArray(listed) ? listed : []).map((node) => fields(node))
  if (nodes.length === 0) return { members: nobody, passing: false }
  const reporting = nodes.map((node) => {
    const advertised = text(node['api_address'])
    const parsed = parseNodeAddress(advertised)
    if (parsed === undefined) throw unusable(advertised)
    return parsed
  })
  const heard = new Set(nodes.map((node) => hostOf(text(node['cluster_address']))))
  const scheme = reporting[0]?.startsWith('https:') === true ? 'https' : 'http'
  const unheard = raft.members.flatMap((member) => {
    if (heard.has(hostOf(member.address))) return []
    const named = parseNodeAddress(`${scheme}://${member.address}`)
    return named === undefined ? [] : { id: member.id, address: named }
  })
  return { members: { reporting, unheard, unreadable: raft.unreadable }, passing: false }
}

/** An address that more than one node advertises. */
function sharedAddress(advertised: readonly NodeAddress[]): NodeAddress | undefined {
  return advertised.find((address, at) => advertised.indexOf(address) !== at)
}

interface RaftMember {
  readonly id: string
  /** `host:port`, of the cluster's own traffic. */
  readonly address: string
}

interface RaftReading {
  readonly members: readonly RaftMember[]
  readonly unreadable: readonly Unreadable[]
}

/** A server on another storage has no such path (404, or 400 where it has the path all the same). */
async function readRaftMembers(reader: Reader, address: NodeAddress): Promise<RaftReading> {
  const request = readRaftConfiguration()
  const response = await reader.ask(address, request)
  if (response.status === 200) {
    const servers = fields(dataOf(response.body)['config'])['servers']
    const members = (Array.isArray(servers) ? servers : []).map((server) => ({
      id: text(fields(server)['node_id']),
      address: text(fields(server)['address']),
    }))
    return { members, unreadable: [] }
  }
  const none = { members: [], unreadable: [] }
  if (response.status === 400 || response.status === 404) return none
  // A token's rights are looked at before the path: the refusal does not tell whether it is there.
  const status = await reader.ask(address, readSealStatus())
  const storage = text(fields(status.body)['storage_type'])
  if (storage !== '' && storage !== 'raft') return none
  return {
    members: [],
    unreadable: [{ what: 'nodes', path: request.path, ...whyUnread(response) }],
  }
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

function notTheirOwn(shared: NodeAddress, nodes: number): LockstepError {
  return new LockstepError({
    code: 'shared-node-address',
    message: `${shared} is advertised by more than one of the cluster’s ${nodes} nodes, so that they cannot be asked one by one`,
    hint: 'List each node’s own address under cluster.nodes, or with --node; or set api_addr to it in each node’s configuration.',
  })
}

const NOBODY = { name: '', id: '' }

/** Never throws: a node that does not answer is part of what there is to know. */
export async function readNode(
  reader: Reader,
  address: NodeAddress,
  signal?: AbortSignal,
): Promise<NodeReport> {
  try {
    const response = await reader.ask(address, readHealth(), signal)
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

function unasked(address: NodeAddress, detail: string): LiveNode {
  return { ...unreachable(address, detail), unasked: true }
}

function unreachable(address: NodeAddress, detail: string): LiveNode {
  return { address, role: 'unknown', state: 'unreachable', version: '', detail }
}
