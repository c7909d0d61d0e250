/**
 * Compares the members of the cluster with the nodes of the plan: before the first step, after the
 * last one, and when a node stays away.
 */
import type { Plan } from '../documents/plan.generated.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { NodeAddress } from '../domain/names.ts'
import { checkListedNodes } from '../live/listed-nodes.ts'
import { hostOf, type Member } from '../live/members.ts'
import { createHealthReader } from '../live/nodes.ts'
import { findActive } from './facts/active-node.ts'
import type { RunContext } from './run-context.ts'

export interface MemberChanges {
  /** Members that the plan does not have, by the address that the cluster lists for them. */
  readonly joined: readonly NodeAddress[]
  /** Nodes of the plan that the cluster lists at another address than the plan has. */
  readonly moved: readonly MovedNode[]
}

export interface MovedNode {
  readonly from: NodeAddress
  readonly to: NodeAddress
}

/** Reads the members of the cluster. Throws a LockstepError if they cannot be read. */
export async function findMemberChanges(run: RunContext): Promise<MemberChanges> {
  const active = await findActive(run, { isOver: run.stop.mustStop })
  const { unasked, failure, members } = await checkListedNodes(run.client, {
    address: active,
    listed: run.nodes,
    report: createHealthReader(run.client),
  })
  // An answer that makes no sense does not prove that no node joined.
  if (failure?.code === 'odd-answer') throw failure
  const unreached = unasked
    .map(({ address }) => address)
    .filter((address) => !run.nodes.includes(address))
  return compareMembers(run.plan.cluster.nodes, { members, unreached })
}

interface FoundMembers {
  /** By each address that is known to lead to the member. */
  readonly members: ReadonlyMap<NodeAddress, Member>
  /** Members that no address of the plan leads to. */
  readonly unreached: readonly NodeAddress[]
}

/**
 * A node of the plan that does not answer can be any member. So numbers alone do not show a member
 * that took the place of another; the node ids of Raft do.
 */
export function compareMembers(
  planned: Plan['cluster']['nodes'],
  { members, unreached }: FoundMembers,
): MemberChanges {
  const plannedIds = new Map(
    planned.flatMap(({ id, id_source, address }) =>
      id_source === 'raft' && id !== undefined ? [[String(id), address] as const] : [],
    ),
  )
  const identified = [...members].flatMap(([address, { id }]) =>
    id === undefined ? [] : [{ address, id, from: plannedIds.get(id) }],
  )
  const isEveryIdKnown = plannedIds.size === planned.length
  const joined = [
    ...unreached.filter((address) => !plannedIds.has(members.get(address)?.id ?? '')),
    ...identified.flatMap(({ from, address }) =>
      isEveryIdKnown && from === undefined ? address : [],
    ),
  ]
  // Through a port forward, another address than the advertised one leads to a node.
  const reached = new Set(
    identified.flatMap(({ address, id }) => (plannedIds.get(id) === address ? id : [])),
  )
  const moved = identified.flatMap(({ address, id, from }) =>
    from === undefined || reached.has(id) || isSilent(members.get(address))
      ? []
      : [{ from, to: address }],
  )
  return { joined: [...new Set(joined)], moved }
}

/** A member that does not report has its address in the Raft cluster in place of an API address. */
function isSilent(member: Member | undefined): boolean {
  return hostOf(member?.address ?? '') === member?.cluster
}

/** `what`: what was done of the plan, and so not on the nodes that joined. */
export function nodesJoined(joined: readonly NodeAddress[], what: string): LockstepError {
  return new LockstepError({
    code: 'stale-plan',
    message: `the cluster has nodes that are not in the plan: ${joined.join(', ')}`,
    exitCode: EXIT.stale,
    hint: what,
  })
}
