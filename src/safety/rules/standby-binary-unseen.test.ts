import { expect, test } from 'vitest'
import { liveNode, plugin, sha256Of, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { standbyBinaryUnseen } from './standby-binary-unseen.ts'

const KV = 'secret/my-kv'
const standby = liveNode(2, { state: 'forwarding' })
const live = { product: 'vault' as const, nodes: [liveNode(1), standby] }
const desired = { plugins: [desiredPlugin(KV, { versions: ['v0.21.0'] })] }

test('a standby nobody has looked at is warned of', () => {
  expect(only(standbyBinaryUnseen.judge(safetyInput({ desired, live })))).toMatchObject({
    subject: standby.address,
    message: `Nobody has looked whether my-kv_0.21.0 lies in the plugin directory of ${standby.address}, which runs no plugins until it becomes active.`,
    nodes: [standby.address],
  })
})

test('a standby that was looked at is not', () => {
  const sha256 = sha256Of(plugin(KV), version('v0.21.0'))
  const binaries = [
    {
      node: standby.address,
      command: 'my-kv_0.21.0',
      expected: sha256,
      for: 'run' as const,
      result: 'same' as const,
    },
  ]

  expect(standbyBinaryUnseen.judge(safetyInput({ desired, live, binaries }))).toEqual([])
})

test('a plan that registers nothing needs no look', () => {
  const catalog = [entryOf(KV, 'v0.21.0')]

  expect(standbyBinaryUnseen.judge(safetyInput({ desired, live: { ...live, catalog } }))).toEqual(
    [],
  )
})

test('a move to a version that is registered already needs one', () => {
  const nodes = [liveNode(1), standby]
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: {
      ...live,
      catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')],
      mounts: [mountOf('team-a/', KV, 'v0.16.2', { nodes })],
    },
  })

  expect(only(standbyBinaryUnseen.judge(input)).message).toContain('whether my-kv_0.21.0 lies')
})
