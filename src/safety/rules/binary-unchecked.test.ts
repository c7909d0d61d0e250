import { expect, test } from 'vitest'
import { liveNode, plugin, sha256Of, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import type { CatalogEntry } from '../../domain/live.ts'
import { binaryUnchecked } from './binary-unchecked.ts'

const KV = 'secret/my-kv'
const standby = liveNode(2, { state: 'forwarding' })
const live = { product: 'vault' as const, nodes: [liveNode(1), standby] }
const desired = { plugins: [desiredPlugin(KV, { versions: ['v0.21.0'] })] }

test('warns of a standby that forwards, since a wrong file shows only after a change of leader', () => {
  const finding = only(binaryUnchecked.judge(safetyInput({ desired, live })))

  expect(finding).toMatchObject({
    subject: 'binary_check',
    message: `Not checked on ${live.nodes[0]?.address} and ${standby.address}: my-kv_0.21.0. ${standby.address} starts plugins only after a change of leader: a file that is missing or wrong shows only then.`,
    nodes: live.nodes.map(({ address }) => address),
  })
  expect(finding).not.toHaveProperty('severity')
})

test('names the nodes that serve in one note for all files', () => {
  const nodes = [1, 2, 3].map((number) => liveNode(number))
  const two = ['secret/my-kv', 'secret/other'].map((id) =>
    desiredPlugin(id, { versions: ['v0.21.0'] }),
  )

  expect(
    only(binaryUnchecked.judge(safetyInput({ desired: { plugins: two }, live: { nodes } }))),
  ).toMatchObject({
    severity: 'note',
    message: expect.stringContaining(': my-kv_0.21.0 and other_0.21.0. '),
    nodes: nodes.map(({ address }) => address),
  })
})

test('does not name a node that runs the binary already', () => {
  const sha256 = sha256Of(plugin(KV), version('v0.21.0'))
  const nodes = [liveNode(1), liveNode(2)]
  const mount = mountOf('team-a/', KV, 'v0.16.2', { nodes })
  const views = mount.nodes.map((view, at) =>
    at === 0 ? { ...view, running_sha256: sha256 } : view,
  )
  const mounts = [{ ...mount, nodes: views }]

  expect(
    only(binaryUnchecked.judge(safetyInput({ desired, live: { nodes, mounts } }))),
  ).toMatchObject({ nodes: [nodes[1]?.address] })
})

test('does not name nodes that were checked', () => {
  const sha256 = sha256Of(plugin(KV), version('v0.21.0'))
  const binaries = live.nodes.map(({ address }) => ({
    node: address,
    command: 'my-kv_0.21.0',
    expected: sha256,
    for: 'run' as const,
    result: 'same' as const,
  }))

  expect(binaryUnchecked.judge(safetyInput({ desired, live, binaries }))).toEqual([])
})

test('finds nothing if the plan registers nothing', () => {
  const catalog = [entryOf(KV, 'v0.21.0')]

  expect(binaryUnchecked.judge(safetyInput({ desired, live: { ...live, catalog } }))).toEqual([])
})

test('names the nodes for a change to a version that is registered already', () => {
  const nodes = [liveNode(1), standby]
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: {
      ...live,
      catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')],
      mounts: [mountOf('team-a/', KV, 'v0.16.2', { nodes })],
    },
  })

  expect(only(binaryUnchecked.judge(input))).toMatchObject({ nodes: [standby.address] })
})

test('a step that fails is said to be rolled back only if every reload of the plan can be', () => {
  const use = { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] }
  const messageOf = (catalog: readonly CatalogEntry[]): string => {
    const mounts = [mountOf('team-a/', KV, 'v0.16.2')]
    return only(binaryUnchecked.judge(safetyInput({ desired: use, live: { catalog, mounts } })))
      .message
  }

  expect(messageOf([entryOf(KV, 'v0.16.2')])).toMatch(/fails its step, which is rolled back\.$/)
  expect(messageOf([])).toMatch(/fails its step, and not every step of this plan has a rollback\.$/)
})
