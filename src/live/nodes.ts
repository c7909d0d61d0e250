/** The nodes of a cluster, and what each says of itself without being asked for a token. */
import { LockstepError } from '../domain/errors.ts'
import type { LiveNode, Unreadable } from '../domain/live.ts'
import { compareText, type NodeAddress } from '../domain/names.ts'
import { remember } from '../domain/remember.ts'
import { health } from '../server/answers/cluster.ts'
import { decode } from '../server/answers/shape.ts'
import { errorWords, whyOdd } from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { readHealth } from '../server/requests.ts'
import { addressesOf, type Members, notTheirOwn, readMembers, sharedAddress } from './members.ts'

/** What a node's health says, beside its own state. */
export interface NodeReport {
  readonly node: LiveNode
  /** Both empty where the node does not know. */
  readonly cluster: { readonly name: string; readonly id: string }
}

export interface NodesFound {
  /** Each node's own address, sorted: a token may be sent there. */
  readonly addresses: readonly NodeAddress[]
  /** Members of the cluster that are not asked: dead ones, above all, or left out of a given list. */
  readonly unasked: readonly LiveNode[]
  readonly unreadable: readonly Unreadable[]
  /** The storage is not Raft: no second source confirms which nodes the cluster has. */
  readonly unconfirmed: boolean
}

/**
 * The nodes the cluster tells of. A server without high availability has one: the address itself.
 * The active node forgets a standby that is dead for ten seconds, and knows none right after it
 * became active: so its list is held against the members of the Raft cluster. Throws a
 * LockstepError where nodes share one advertised address, the token may not ask for them, or the
 * answer is not as documented.
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
  if (shared !== undefined) throw notTheirOwn(shared, reporting.length)
  return {
    addresses:
      reporting.length === 0 && found.strangers.length === 0
        ? [address]
        : [...reporting].sort(compareText),
    unasked: [
      ...found.unheard.map((member) =>
        unasked(
          member.address,
          `the active node has not heard of this member of the Raft cluster, ${member.id}`,
        ),
      ),
      ...strangersOf(found),
    ],
    unreadable: found.unreadable,
    unconfirmed: found.unconfirmed,
  }
}

/** Nodes that report to the active one and are no members of its Raft cluster. */
export function strangersOf({ strangers }: Members): readonly LiveNode[] {
  return strangers.map(({ address, cluster }) =>
    unasked(
      address,
      `sys/ha-status lists this node, and the Raft configuration has no member ${cluster}`,
    ),
  )
}

const NOBODY = { name: '', id: '' }

/**
 * How a node is, asked without the token. Never throws: a node that does not answer is part of what
 * there is to know.
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
          ? `sys/health: ${whyOdd(decoded.problem).reason}`
          : errorWords(response) || `HTTP ${response.status} on sys/health`
      return { node: unreachable(address, why), cluster: NOBODY }
    }
    const { sealed, initialized, standby, version, clusterName, clusterId } = decoded.value
    const closed = sealed || !initialized
    return {
      node: {
        address,
        role: closed ? 'unknown' : standby ? 'standby' : 'active',
        state: closed ? 'sealed' : 'serving',
        version,
        ...(closed && { detail: initialized ? 'sealed' : 'not initialized' }),
      },
      cluster: { name: clusterName, id: clusterId },
    }
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return {
      node: unreachable(address, error.message.replace(`${address}: `, '')),
      cluster: NOBODY,
    }
  }
}

/** Milliseconds. A node answers this from memory, so that one which does not hangs. */
const SAYS_HOW_IT_IS_WITHIN = 10_000

/** Asks each node how it is, without the token and once, however often it is called. */
export function askOnce(reader: Reader): (address: NodeAddress) => Promise<NodeReport> {
  const asked = new Map<NodeAddress, Promise<NodeReport>>()
  return (address) =>
    remember(asked, address, () =>
      readNode(reader, address, AbortSignal.timeout(SAYS_HOW_IT_IS_WITHIN)),
    )
}

/** A node that no token was sent to, and why. */
export function unasked(address: NodeAddress, detail: string): LiveNode {
  return { ...unreachable(address, detail), unasked: true }
}

function unreachable(address: NodeAddress, detail: string): LiveNode {
  return { address, role: 'unknown', state: 'unreachable', version: '', detail }
}
