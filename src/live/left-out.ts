/** Holds a list of nodes that was given against the members of the cluster, so that it misses none. */
import { LockstepError } from '../domain/errors.ts'
import type { Unreadable } from '../domain/live.ts'
import { groupBy } from '../domain/group-by.ts'
import { type NodeAddress } from '../domain/names.ts'
import { dataOf, text } from '../server/body.ts'
import { saysComeBack, whyUnread } from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { shownPath } from '../server/request-path.ts'
import { readHaStatus, readOwnConfiguration } from '../server/requests.ts'
import {
  addressesOf,
  hostOf,
  type Member,
  notTheirOwn,
  readMembers,
  sharedAddress,
} from './members.ts'
import { type NodesFound, unasked } from './nodes.ts'

/**
 * The members that none of the given addresses leads to. A node may be given by another address
 * than it advertises, as through a port forward: it is asked which it is, and where it cannot
 * answer just now it is taken for one of the members that are left. Throws a LockstepError where
 * an address given is advertised by several nodes, or several of them lead to one node.
 */
export async function findLeftOut(
  reader: Reader,
  address: NodeAddress,
  given: readonly NodeAddress[],
): Promise<Omit<NodesFound, 'addresses'>> {
  const { reporting, unheard, unreadable, refused } = await readMembers(reader, address, () => true)
  const shared = sharedAddress(addressesOf(reporting))
  if (shared !== undefined && given.includes(shared)) throw notTheirOwn(shared, reporting.length)
  const members = [...reporting, ...unheard]
  const asked = await Promise.all(given.map((one) => whichMember(reader, one, members)))
  const twice = leadingToOne(asked)
  if (twice.length > 0) throw sameNode(twice)
  const led = new Set(asked.map((one) => (one.kind === 'member' ? one.member : undefined)))
  const left = members.filter((member) => !led.has(member))
  const silent = asked.filter(({ kind }) => kind === 'silent').length
  const untold = left.length > silent ? asked.filter((one) => one.kind === 'untold') : []
  const detail = `the cluster has ${members.length} nodes, and this is none of the ${given.length} that are asked${untold.length > 0 ? ', as far as they tell which they are' : ''}`
  return {
    unheard:
      left.length > silent
        ? [...new Set(addressesOf(left))]
            .filter((member) => !given.includes(member))
            .map((member) => unasked(member, detail))
        : [],
    unreadable: [
      ...(refused === undefined
        ? []
        : [
            { what: 'nodes' as const, path: shownPath(readHaStatus().path), ...whyUnread(refused) },
          ]),
      ...untold.map(({ why }) => why),
      ...unreadable,
    ],
  }
}

type Asked =
  | { readonly kind: 'member'; readonly address: NodeAddress; readonly member: Member }
  /** It does not answer for itself, which is told of it anyway; or it does not know, as where its addresses come from the environment. */
  | { readonly kind: 'silent' }
  /** It answers, and which member it is could not be had. */
  | { readonly kind: 'untold'; readonly why: Unreadable }

async function whichMember(
  reader: Reader,
  address: NodeAddress,
  members: readonly Member[],
): Promise<Asked> {
  const known = members.find((member) => member.address === address)
  if (known !== undefined) return { kind: 'member', address, member: known }
  // Nothing to be told apart from.
  if (members.length === 0) return { kind: 'silent' }
  const request = readOwnConfiguration()
  const answer = await reader.askTwice(address, request).catch((error: unknown) => {
    if (error instanceof LockstepError) return undefined
    throw error
  })
  if (answer === undefined || saysComeBack(answer)) return { kind: 'silent' }
  const about = { what: 'nodes', path: shownPath(request.path), node: address } as const
  if (answer.status !== 200) return { kind: 'untold', why: { ...about, ...whyUnread(answer) } }
  const { cluster_addr, api_addr } = dataOf(answer.body)
  const own = { cluster: hostOf(text(cluster_addr)), address: text(api_addr) }
  if (own.cluster === '' && own.address === '') return { kind: 'silent' }
  const member =
    members.find(({ cluster }) => cluster !== '' && cluster === own.cluster) ??
    members.find(({ address }) => address === own.address)
  if (member !== undefined) return { kind: 'member', address, member }
  const reason = 'neither its cluster_addr nor its api_addr is that of a member'
  return { kind: 'untold', why: { ...about, reason } }
}

/** The addresses that lead to the first member that has several. */
function leadingToOne(asked: readonly Asked[]): readonly NodeAddress[] {
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
