/**
 * Checks a list of nodes that was given against the cluster: each is asked without the token which
 * cluster it belongs to before the token is sent there, and no member may be missing.
 */
import { LockstepError } from '../domain/errors.ts'
import { groupBy } from '../domain/group-by.ts'
import type { LiveNode, Unreadable } from '../domain/live.ts'
import type { NodeAddress } from '../domain/names.ts'
import { ownConfiguration } from '../server/answers/cluster.ts'
import { decode } from '../server/answers/shape.ts'
import { asksToRetry, whyOdd, whyUnread } from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { shownPath } from '../server/request-path.ts'
import { readOwnConfiguration } from '../server/requests.ts'
import {
  addressesOf,
  hostOf,
  isMemberAddress,
  type Member,
  type Members,
  notTheirOwn,
  readMembers,
  sharedAddress,
} from './members.ts'
import { type NodeReport, type NodesFound, strangersOf, unasked } from './nodes.ts'

export interface ListedNodes {
  /** The node or whatever stands before the nodes, named by the person who started the program. */
  readonly address: NodeAddress
  readonly listed: readonly NodeAddress[]
  /** What the node at an address says of itself; asked without the token, once. */
  readonly report: (address: NodeAddress) => Promise<NodeReport>
}

export interface ListChecked extends NodesFound {
  /** Why the nodes that the cluster itself knows could not be had. */
  readonly failure?: LockstepError
}

/**
 * The listed addresses that may be asked with the token, and the members that none of them leads
 * to. A node may be listed by another address than it advertises, as through a port forward: it is
 * asked which it is, and where it cannot answer just now it is taken for one of the members that
 * are left. Throws a LockstepError where an address listed is advertised by several nodes, or
 * several of them lead to one node.
 */
export async function checkListedNodes(reader: Reader, asked: ListedNodes): Promise<ListChecked> {
  const { address, listed } = asked
  const members = await readMembers(reader, address, () => true)
  const { reporting, unheard, unreadable, failure } = members
  const shared = sharedAddress(addressesOf(reporting))
  if (shared !== undefined && listed.includes(shared)) throw notTheirOwn(shared, reporting.length)
  const judged = await Promise.all(listed.map((one) => whyNotAsked(one, asked, members)))
  const refused = judged.filter((node) => node !== undefined)
  const addresses = listed.filter((one) => !refused.some((node) => node.address === one))
  const all = [...reporting, ...unheard]
  const found = await Promise.all(
    addresses.map((one) => whichMember(reader, one, { members: all, report: asked.report })),
  )
  const twice = leadingToOne(found)
  if (twice.length > 0) throw sameNode(twice)
  const led = new Set(found.map((one) => (one.kind === 'member' ? one.member : undefined)))
  const left = all.filter((member) => !led.has(member))
  const silent = found.filter(({ kind }) => kind === 'silent').length
  const untold = left.length > silent ? found.filter((one) => one.kind === 'untold') : []
  const detail = `the cluster has ${all.length} nodes, and this is none of the ${listed.length} that are listed${untold.length > 0 ? ', as far as they tell which they are' : ''}`
  const missing = left.length > silent ? [...new Set(addressesOf(left))] : []
  return {
    addresses,
    unasked: [
      ...refused,
      ...missing
        .filter((member) => !listed.includes(member))
        .map((member) => unasked(member, detail)),
      ...strangersOf(members),
    ],
    unreadable: [
      ...(failure === undefined ? [] : [failure.unreadable]),
      ...untold.map(({ why }) => why),
      ...unreadable,
    ],
    unconfirmed: members.unconfirmed,
    ...(failure !== undefined && { failure: failure.error }),
  }
}

/** The node as it is shown where the token may not be sent to its address; undefined where it may. */
async function whyNotAsked(
  one: NodeAddress,
  { address, report }: ListedNodes,
  members: Members,
): Promise<LiveNode | undefined> {
  if (one === address || isMemberAddress(members, one)) return undefined
  const { node, cluster } = await report(one)
  // Nothing is asked of a node that does not serve.
  if (node.state !== 'serving') return undefined
  const own = (await report(address)).cluster
  if (own.id === '') return unasked(one, `${address} does not say which cluster it belongs to`)
  if (cluster.id === own.id) return undefined
  return unasked(
    one,
    cluster.id === ''
      ? 'this node does not say which cluster it belongs to'
      : `this node belongs to another cluster, ${cluster.name} (${cluster.id})`,
  )
}

type MemberAnswer =
  | { readonly kind: 'member'; readonly address: NodeAddress; readonly member: Member }
  /** It does not answer for itself, which is told of it anyway; or it does not know, as where its addresses come from the environment. */
  | { readonly kind: 'silent' }
  /** It answers, and which member it is could not be had. */
  | { readonly kind: 'untold'; readonly why: Unreadable }

async function whichMember(
  reader: Reader,
  address: NodeAddress,
  { members, report }: Pick<ListedNodes, 'report'> & { readonly members: readonly Member[] },
): Promise<MemberAnswer> {
  const known = members.find((member) => member.address === address)
  if (known !== undefined) return { kind: 'member', address, member: known }
  // Nothing to be told apart from.
  if (members.length === 0) return { kind: 'silent' }
  // The token goes to a node that has said which cluster it belongs to, and serves.
  if ((await report(address)).node.state !== 'serving') return { kind: 'silent' }
  const request = readOwnConfiguration()
  const answer = await reader.askTwice(address, request).catch((error: unknown) => {
    if (error instanceof LockstepError) return undefined
    throw error
  })
  if (answer === undefined || asksToRetry(answer)) return { kind: 'silent' }
  const about = { what: 'nodes', path: shownPath(request.path), node: address } as const
  if (answer.status !== 200) return { kind: 'untold', why: { ...about, ...whyUnread(answer) } }
  const decoded = decode(ownConfiguration, answer.body)
  if (decoded.kind === 'odd') {
    return { kind: 'untold', why: { ...about, ...whyOdd(decoded.problem) } }
  }
  const { clusterAddress, apiAddress } = decoded.value
  const cluster = hostOf(clusterAddress)
  if (cluster === '' && apiAddress === '') return { kind: 'silent' }
  const member =
    members.find((one) => one.cluster !== '' && one.cluster === cluster) ??
    members.find((one) => one.address === apiAddress)
  if (member !== undefined) return { kind: 'member', address, member }
  const reason = 'neither its cluster_addr nor its api_addr is that of a member'
  return { kind: 'untold', why: { ...about, reason } }
}

/** The addresses that lead to the first member that has several. */
function leadingToOne(asked: readonly MemberAnswer[]): readonly NodeAddress[] {
  const told = asked.flatMap((one) => (one.kind === 'member' ? one : []))
  const groups = [...groupBy(told, ({ member }) => member).values()]
  return (groups.find((group) => group.length > 1) ?? []).map(({ address }) => address)
}

function sameNode(addresses: readonly NodeAddress[]): LockstepError {
  return new LockstepError({
    code: 'same-node-twice',
    message: `${addresses.join(' and ')} lead to the same node of the cluster`,
    hint: 'Give each node once, under cluster.nodes or with --node: lockstep status without a list shows which there are.',
  })
}
