/**
 * Compares a given list of nodes with the cluster. Each node is asked without the token which
 * cluster it belongs to before it gets the token, and no member may be missing.
 */
import { LockstepError } from '../domain/errors.ts'
import { groupBy } from '../domain/group-by.ts'
import type { LiveNode, Unreadable } from '../domain/live.ts'
import type { NodeAddress } from '../domain/names.ts'
import { ownConfiguration } from '../server/answers/cluster.ts'
import { decode } from '../server/answers/shape.ts'
import { asksToRetry, describeUnexpectedShape, describeUnread } from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { shownPath } from '../server/request-path.ts'
import { readOwnConfiguration } from '../server/requests.ts'
import {
  addressesOf,
  hostOf,
  isMemberAddress,
  type Member,
  type Members,
  sharedAddressError,
  readMembers,
  sharedAddress,
} from './members.ts'
import { byAddress, type NodeReport, type NodesFound, strangersOf, notAskedNode } from './nodes.ts'

export interface ListedNodes {
  /** The address of a node or a load balancer, given by the person who started the program. */
  readonly address: NodeAddress
  readonly listed: readonly NodeAddress[]
  /** Reads the health of the node at an address, without the token and once. */
  readonly report: (address: NodeAddress) => Promise<NodeReport>
}

export interface ListChecked extends NodesFound {
  /** Why the cluster's own list of nodes could not be read. */
  readonly failure?: LockstepError
}

/**
 * The listed addresses that may get the token, and the members that no listed address reaches. A
 * node may be listed by another address than it advertises, as through a port forward: then it is
 * asked which member it is. If it cannot answer now, it counts as one of the remaining members.
 * Throws a LockstepError if a listed address is advertised by several nodes, or if several
 * addresses reach one node.
 */
export async function checkListedNodes(reader: Reader, asked: ListedNodes): Promise<ListChecked> {
  const { address, listed } = asked
  const members = await readMembers(reader, address, () => true)
  const { reporting, unheard, unreadable, failure } = members
  const shared = sharedAddress(addressesOf(reporting))
  if (shared !== undefined && listed.includes(shared))
    throw sharedAddressError(shared, reporting.length)
  const judged = await Promise.all(
    listed.map((listedNode) => whyNotAsked(listedNode, asked, members)),
  )
  const refused = judged.filter((node) => node !== undefined)
  const addresses = listed.filter(
    (listedNode) => !refused.some((node) => node.address === listedNode),
  )
  const all = [...reporting, ...unheard]
  const found = await Promise.all(
    addresses.map((node) => findMember(reader, node, { members: all, report: asked.report })),
  )
  const repeated = findRepeated(found)
  if (repeated.length > 0) throw sameNode(repeated)
  const reached = new Set(
    found.map((answer) => (answer.kind === 'member' ? answer.member : undefined)),
  )
  const left = all.filter((member) => !reached.has(member))
  const silent = found.filter(({ kind }) => kind === 'silent').length
  const unidentified =
    left.length > silent ? found.filter((answer) => answer.kind === 'unidentified') : []
  const detail = `the cluster has ${all.length} nodes, and this is none of the ${listed.length} that are listed${unidentified.length > 0 ? ', as far as they tell which they are' : ''}`
  const missing = left.length > silent ? [...new Set(addressesOf(left))] : []
  return {
    addresses,
    unasked: [
      ...refused,
      ...missing
        .filter((member) => !listed.includes(member))
        .map((member) => notAskedNode(member, detail)),
      ...strangersOf(members),
    ],
    members: new Map([
      ...byAddress([...all, ...members.strangers]),
      ...found.flatMap((answer) =>
        answer.kind === 'member' ? [[answer.address, answer.member] as const] : [],
      ),
    ]),
    unreadable: [
      ...(failure === undefined ? [] : [failure.unreadable]),
      ...unidentified.map(({ why }) => why),
      ...unreadable,
    ],
    unconfirmed: members.unconfirmed,
    ...(failure !== undefined && { failure: failure.error }),
  }
}

/** The node to show if the token may not be sent to its address. Undefined if it may. */
async function whyNotAsked(
  listed: NodeAddress,
  { address, report }: ListedNodes,
  members: Members,
): Promise<LiveNode | undefined> {
  if (listed === address || isMemberAddress(members, listed)) return undefined
  const { node, cluster } = await report(listed)
  // A node that does not serve is not asked anything.
  if (node.state !== 'serving') return undefined
  const own = (await report(address)).cluster
  if (own.id === '')
    return notAskedNode(listed, `${address} does not say which cluster it belongs to`)
  if (cluster.id === own.id) return undefined
  return notAskedNode(
    listed,
    cluster.id === ''
      ? 'this node does not say which cluster it belongs to'
      : `this node belongs to another cluster, ${cluster.name} (${cluster.id})`,
  )
}

type MemberAnswer =
  | { readonly kind: 'member'; readonly address: NodeAddress; readonly member: Member }
  /**
   * The node does not answer for itself, which its state shows; or it does not know its addresses
   * because they come from the environment of the server.
   */
  | { readonly kind: 'silent' }
  /** The node answers, and which member it is could not be read. */
  | { readonly kind: 'unidentified'; readonly why: Unreadable }

async function findMember(
  reader: Reader,
  address: NodeAddress,
  { members, report }: Pick<ListedNodes, 'report'> & { readonly members: readonly Member[] },
): Promise<MemberAnswer> {
  const known = members.find((member) => member.address === address)
  if (known !== undefined) return { kind: 'member', address, member: known }
  // Without a known member there is nothing to compare with.
  if (members.length === 0) return { kind: 'silent' }
  // The token is sent only to a node that serves and whose cluster is known.
  if ((await report(address)).node.state !== 'serving') return { kind: 'silent' }
  const request = readOwnConfiguration()
  const answer = await reader.ask(address, request).catch((error: unknown) => {
    if (error instanceof LockstepError) return undefined
    throw error
  })
  if (answer === undefined || asksToRetry(answer)) return { kind: 'silent' }
  const about = { what: 'nodes', path: shownPath(request.path), node: address } as const
  if (answer.status !== 200)
    return { kind: 'unidentified', why: { ...about, ...describeUnread(answer) } }
  const decoded = decode(ownConfiguration, answer.body)
  if (decoded.kind === 'odd') {
    return { kind: 'unidentified', why: { ...about, ...describeUnexpectedShape(decoded.problem) } }
  }
  const { clusterAddress, apiAddress } = decoded.value
  const cluster = hostOf(clusterAddress)
  if (cluster === '' && apiAddress === '') return { kind: 'silent' }
  const member =
    members.find((candidate) => candidate.cluster !== '' && candidate.cluster === cluster) ??
    members.find((candidate) => candidate.address === apiAddress)
  if (member !== undefined) return { kind: 'member', address, member }
  const reason = 'neither its cluster_addr nor its api_addr is that of a member'
  return { kind: 'unidentified', why: { ...about, reason } }
}

/**
 * The addresses of the first member that several listed addresses reach. Empty if there is none.
 */
function findRepeated(asked: readonly MemberAnswer[]): readonly NodeAddress[] {
  const identified = asked.flatMap((answer) => (answer.kind === 'member' ? answer : []))
  const groups = [...groupBy(identified, ({ member }) => member).values()]
  return (groups.find((group) => group.length > 1) ?? []).map(({ address }) => address)
}

function sameNode(addresses: readonly NodeAddress[]): LockstepError {
  return new LockstepError({
    code: 'same-node-twice',
    message: `${addresses.join(' and ')} lead to the same node of the cluster`,
    hint: 'Give each node once, under cluster.nodes or with --node: lockstep status without a list shows which there are.',
  })
}
