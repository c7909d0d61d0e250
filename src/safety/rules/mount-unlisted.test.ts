import { expect, test } from 'vitest'
import { liveNode } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import type { LiveState } from '../../domain/live.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { mountUnlisted } from './mount-unlisted.ts'

const KV = 'secret/my-kv'
const NODE2 = 'http://node2:8200' as NodeAddress
const entries = [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')]
const nodes = [liveNode(1), liveNode(2), liveNode(3)]
const active = nodes.find(({ role }) => role === 'active')
const standbys = nodes.filter(({ role }) => role !== 'active')

test('names a standby that does not list a mount', () => {
  const found = judge({ mounts: [mountListedBy(nodes.filter(({ address }) => address !== NODE2))] })

  expect(only(found)).toMatchObject({
    subject: KV,
    message: `The nodes do not list the same mounts of ${KV}: team-a/ is not listed by ${NODE2}.`,
    mounts: ['team-a/'],
    nodes: [NODE2],
  })
})

test('says that a mount which only standbys list is gone', () => {
  const found = judge({ mounts: [mountListedBy(standbys)] })

  expect(only(found)).toMatchObject({ nodes: standbys.map(({ address }) => address) })
  expect(only(found).message).toContain('team-a/ is listed only by')
})

test('finds nothing for a node whose mounts could not be read', () => {
  const unread = { what: 'mounts', path: 'sys/mounts', node: NODE2, reason: 'no right' } as const
  const otherNodes = nodes.filter(({ address }) => address !== NODE2)

  expect(judge({ mounts: [mountListedBy(otherNodes)], unreadable: [unread] })).toEqual([])
})

test('finds nothing for a node that forwards its requests', () => {
  const forwarding = nodes.map((node) =>
    node === active ? node : { ...node, state: 'forwarding' as const },
  )
  const mounts = [mountListedBy(nodes.filter((node) => node === active))]

  expect(judge({ nodes: forwarding, mounts })).toEqual([])
})

function judge(live: Partial<LiveState>) {
  const plugin = desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })
  return mountUnlisted.judge(
    safetyInput({ desired: { plugins: [plugin] }, live: { catalog: entries, nodes, ...live } }),
  )
}

function mountListedBy(listing: readonly (typeof nodes)[number][]) {
  return mountOf('team-a/', KV, 'v0.16.2', { nodes: listing })
}
