/** Finds the nodes of a document in a cluster whose nodes have other addresses. */
import { describe, expect, it } from 'vitest'
import { liveNode, nodeAddress } from '../../test/builders/live.ts'
import { compareNodes, findAddresses, findGone, recordNode, renameNodes } from './node-identity.ts'

const [A, B, C, D] = [1, 2, 3, 4].map(nodeAddress) as [never, never, never, never]
const raft = (number: number, id: string) => liveNode(number, { raft_id: id })
const recorded = [raft(1, 'bao-0'), raft(2, 'bao-1')].map(recordNode)

describe('the addresses of recorded nodes now', () => {
  it('is empty if no node has another address', () => {
    expect(findAddresses(recorded, [raft(1, 'bao-0'), raft(2, 'bao-1'), raft(3, 'new')])).toEqual(
      new Map(),
    )
  })

  it('follows the node id of Raft, also if two nodes exchange their addresses', () => {
    expect(findAddresses(recorded, [raft(1, 'bao-0'), raft(4, 'bao-1')])).toEqual(new Map([[B, D]]))
    expect(findAddresses(recorded, [raft(1, 'bao-1'), raft(2, 'bao-0')])).toEqual(
      new Map([
        [A, B],
        [B, A],
      ]),
    )
  })

  it('follows the cluster address if there is no Raft', () => {
    const at = (number: number) => liveNode(number, { cluster_address: 'bao-0.svc:8201' })

    expect(findAddresses([recordNode(at(1))], [at(3)])).toEqual(new Map([[A, C]]))
  })

  it('takes another node at the address of a node that is gone for another node', () => {
    const found = findAddresses(recorded, [raft(1, 'new'), raft(2, 'bao-1')])

    expect([...found]).toEqual([[A, 'http://bao-0.gone.invalid']])
    const odd = findAddresses([{ ...recordNode(raft(1, 'a/b@c')) }], [raft(1, 'new')])
    expect([...odd]).toEqual([[A, 'http://612f624063.gone.invalid']])
    expect(findGone(recorded, [raft(1, 'new'), raft(4, 'bao-1')])).toEqual(recorded.slice(0, 1))
    expect(findGone([{ address: A }], [raft(2, 'new')])).toEqual([])
  })

  it('compares addresses if one of the two readings has no id', () => {
    expect(findAddresses(recorded, [liveNode(1), liveNode(2)])).toEqual(new Map())
    expect(findAddresses([{ address: A }], [raft(1, 'bao-0')])).toEqual(new Map())
  })
})

it('orders nodes by what stays', () => {
  const moved = [raft(3, 'bao-1'), raft(4, 'bao-0')].sort(compareNodes)

  expect(moved.map(({ raft_id }) => raft_id)).toEqual(['bao-0', 'bao-1'])
})

it('renames nodes only where a node is named', () => {
  const value = { node: A, inner: [{ node: A }, { node: C }], args: [A], why: `on ${String(A)}` }

  expect(renameNodes(value, new Map([[A, B]]))).toEqual({
    ...{ node: B, inner: [{ node: B }, { node: C }] },
    ...{ args: [A], why: `on ${String(A)}` },
  })
})
