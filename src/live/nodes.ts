/** Finds the nodes of a cluster and reads each node's health, without the token. */
import { LockstepError } from '../domain/errors.ts'
import type { LiveNode, Unreadable } from '../domain/live.ts'
import { compareText, type NodeAddress } from '../domain/names.ts'
import { remember } from '../domain/remember.ts'
import { health } from '../server/answers/cluster.ts'
import { decode } from '../server/answers/shape.ts'
import { errorWords, describeUnexpectedShape } from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { readHealth } from '../server/requests.ts'
import {
  addressesOf,
  type Member,
  type Members,
  sharedAddressError,
  readMembers,
  sharedAddress,
} from './members.ts'

/** A node's state and its cluster, from its health. */
export interface NodeReport {
  readonly node: LiveNode
  /** Both empty if the node does not know its cluster. */
  readonly cluster: { readonly name: string; readonly id: string }
}

export interface NodesFound {
  /** Each node's own address, sorted: a token may be sent there. */
  readonly addresses: readonly NodeAddress[]
  /**
   * Members of the cluster that are not asked: mostly dead nodes, or nodes that a given list leaves
   * out.
   */
  readonly unasked: readonly LiveNode[]
  /** The member of the cluster that an address reaches, if it is known. */
  readonly members: ReadonlyMap<NodeAddress, Member>
  readonly unreadable: readonly Unreadable[]
  /** True if the storage is not Raft: no second source confirms which nodes the cluster has. */
  readonly unconfirmed: boolean
}

/**
 * The nodes that the cluster lists. A server without high availability has one node: the address
 * itself. The active node forgets a standby that is dead for ten seconds, and knows no standby
 * right after it became active. So its list is compared with the members of the Raft cluster.
 * Throws a LockstepError if nodes share one advertised address, the token may not read the list, or
 * the answer has an unexpected shape.
 */
export async function discoverNodes(reader: Reader, address: NodeAddress): Promise<NodesFound> {
  const found = await readMembers(
    reader,
    address,
    ({ unheard, strangers }) => unheard.length === 0 && strangers.length === 0,
  )
  if (found.failure !== undefined) throw found.failure.error
  const reporting = addressesOf(found.reporting)
  const shared = sharedAddress(reporting)
  if (shared !== undefined) throw sharedAddressError(shared, reporting.length)
  return {
    addresses:
      reporting.length === 0 && found.strangers.length === 0
        ? [address]
        : [...reporting].sort(compareText),
    unasked: [
      ...found.unheard.map((member) =>
        notAskedNode(
          member.address,
          `this member of the Raft cluster, ${member.id}, does not report to the active node`,
        ),
      ),
      ...strangersOf(found),
    ],
    members: byAddress([...found.reporting, ...found.unheard, ...found.strangers]),
    unreadable: found.unreadable,
    unconfirmed: found.unconfirmed,
  }
}

export function byAddress(members: readonly Member[]): ReadonlyMap<NodeAddress, Member> {
  return new Map(members.map((member) => [member.address, member]))
}

/** Nodes that report to the active node and are not members of its Raft cluster. */
export function strangersOf({ strangers }: Members): readonly LiveNode[] {
  return strangers.map(({ address, cluster }) =>
    notAskedNode(
      address,
      `sys/ha-status lists this node, and the Raft configuration has no member ${cluster}`,
    ),
  )
}

const UNKNOWN_CLUSTER = { name: '', id: '' }

/**
 * Reads a node's health without the token. Never throws a LockstepError: a node that does not
 * answer is `unreachable`.
 */
export async function readNode(
  reader: Reader,
  address: NodeAddress,
  signal?: AbortSignal,
): Promise<NodeReport> {
  try {
    const response = await reader.ask(address, readHealth(), signal)
    const decoded = decode(health, response.body)
    if (response.status !== 200 || decoded.kind === 'odd') {
      const why =
        response.status === 200 && decoded.kind === 'odd'
          ? `sys/health: ${describeUnexpectedShape(decoded.problem).reason}`
          : errorWords(response) || `HTTP ${response.status} on sys/health`
      return { node: unreachable(address, why), cluster: UNKNOWN_CLUSTER }
    }
    const { sealed, initialized, standby, version, clusterName, clusterId } = decoded.value
    const isClosed = sealed || !initialized
    return {
      node: {
        address,
        role: isClosed ? 'unknown' : standby ? 'standby' : 'active',
        state: isClosed ? 'sealed' : 'serving',
        version,
        ...(isClosed && { detail: initialized ? 'sealed' : 'not initialized' }),
      },
      cluster: { name: clusterName, id: clusterId },
    }
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return {
      node: unreachable(address, error.message.replace(`${address}: `, '')),
      cluster: UNKNOWN_CLUSTER,
    }
  }
}

/** Milliseconds. A node answers this from memory, so a node that takes longer hangs. */
const HEALTH_TIMEOUT = 10_000

/**
 * A function that reads a node's health without the token, once for each node however often it is
 * called.
 */
export function createHealthReader(reader: Reader): (address: NodeAddress) => Promise<NodeReport> {
  const asked = new Map<NodeAddress, Promise<NodeReport>>()
  return (address) =>
    remember(asked, address, () => readNode(reader, address, AbortSignal.timeout(HEALTH_TIMEOUT)))
}

/** A node to which no token was sent, and why. */
export function notAskedNode(address: NodeAddress, detail: string): LiveNode {
  return { ...unreachable(address, detail), unasked: true }
}

function unreachable(address: NodeAddress, detail: string): LiveNode {
  return { address, role: 'unknown', state: 'unreachable', version: '', detail }
}
