/** Tells nodes that joined, nodes that moved and nodes that are away apart. */
import { expect, it } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { NodeAddress, NodeId } from '../domain/names.ts'
import type { Member } from '../live/members.ts'
import { compareMembers } from './member-changes.ts'

const [A, B, C, D] = [1, 2, 3, 4].map(nodeAddress) as [
  NodeAddress,
  NodeAddress,
  NodeAddress,
  NodeAddress,
]

it('finds nothing if every node of the plan is a member at its address', () => {
  expect(compare([A, B, C])).toEqual({ joined: [], moved: [] })
})

it('finds a node that came back at another address, and not that it joined', () => {
  const found = compareMembers(planned(), {
    members: membersAt({ 'bao-0': A, 'bao-1': D, 'bao-2': C }),
    unreached: [D],
  })

  expect(found).toEqual({ joined: [], moved: [{ from: B, to: D }] })
})

it('finds a member that took the place of a node, also at its address', () => {
  for (const place of [B, D]) {
    const members = membersAt({ 'bao-0': A, new: place, 'bao-2': C })

    expect(compareMembers(planned(), { members, unreached: [] })).toEqual({
      ...{ joined: [place], moved: [] },
    })
  }
})

it('does not take a node that is away, or reached through a port forward, for one that moved', () => {
  const raftAddress = 'http://10.0.0.9:8201' as NodeAddress
  const silent = new Map(membersAt({ 'bao-0': A, 'bao-2': C }))
  silent.set(raftAddress, { address: raftAddress, cluster: '10.0.0.9:8201', id: 'bao-1' })
  const forwarded = new Map(membersAt({ 'bao-0': A, 'bao-1': D, 'bao-2': C }))
  forwarded.set(B, { address: D, cluster: 'bao-1:8201', id: 'bao-1' })

  for (const members of [silent, forwarded]) {
    expect(compareMembers(planned(), { members, unreached: [] })).toEqual({ joined: [], moved: [] })
  }
})

it('relies on addresses if the plan or the cluster has no ids', () => {
  const anonymous = new Map([A, B, D].map((address) => [address, { address, cluster: '' }]))

  for (const nodes of [
    planned(),
    planned().map(({ address, role, state }) => ({ address, role, state })),
  ]) {
    expect(compareMembers(nodes, { members: anonymous, unreached: [D] })).toEqual({
      ...{ joined: [D], moved: [] },
    })
    expect(compareMembers(nodes, { members: anonymous, unreached: [] }).joined).toEqual([])
  }
})

function compare(addresses: readonly NodeAddress[]) {
  const members = membersAt(
    Object.fromEntries(addresses.map((address, at) => [`bao-${String(at)}`, address])),
  )
  return compareMembers(planned(), { members, unreached: [] })
}

function planned(): Plan['cluster']['nodes'] {
  return [A, B, C].map((address, at) => ({
    ...{ address, id: `bao-${String(at)}` as NodeId, id_source: 'raft' as const },
    ...{ role: 'standby' as const, state: 'serving' as const },
  }))
}

function membersAt(ids: Readonly<Record<string, NodeAddress>>): ReadonlyMap<NodeAddress, Member> {
  return new Map(
    Object.entries(ids).map(([id, address]) => [address, { address, id, cluster: `${id}:8201` }]),
  )
}
