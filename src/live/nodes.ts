/** The nodes of a cluster, and what each says of itself without being asked for a token. */
import { LockstepError } from '../domain/errors.ts'
import type { LiveNode, Unreadable } from '../domain/live.ts'
import { compareText, type NodeAddress } from '../domain/names.ts'
import { fields, text } from '../server/body.ts'
import type { Reader } from '../server/reader.ts'
import { errorWords, refusal } from '../server/faults.ts'
import { readHaStatus, readHealth } from '../server/requests.ts'
import { addressesOf, notTheirOwn, readMembers, sharedAddress } from './members.ts'

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

/**
 * The nodes the cluster tells of. A server without high availability has one: the address itself.
 * The active node forgets a standby that is dead for ten seconds, and knows none right after it
 * became active: so its list is held against the members of the Raft cluster. Throws a
 * LockstepError where nodes share one advertised address, or the token may not ask for them.
 */
export async function discoverNodes(reader: Reader, address: NodeAddress): Promise<NodesFound> {
  const found = await readMembers(reader, address, ({ unheard }) => unheard.length === 0)
  if (found.refused !== undefined) throw refusal(address, readHaStatus(), found.refused)
  const { unheard, unreadable } = found
  const reporting = addressesOf(found.reporting)
  const shared = sharedAddress(reporting)
  if (shared !== undefined) throw notTheirOwn(shared, reporting.length)
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

/** A member of the cluster that nothing was sent to, and why. */
export function unasked(address: NodeAddress, detail: string): LiveNode {
  return { ...unreachable(address, detail), unasked: true }
}

function unreachable(address: NodeAddress, detail: string): LiveNode {
  return { address, role: 'unknown', state: 'unreachable', version: '', detail }
}
