import { expect, test } from 'vitest'
import { nodeAddress } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
  SOURCE,
} from '../../../test/builders/safety-input.ts'
import { binaryMissing } from './binary-missing.ts'
import { noRollback } from './no-rollback.ts'

const KV = 'secret/my-kv'
const NODE = nodeAddress(2)
const lost = { unreadable_on: [{ node: NODE, reason: 'HTTP 500 no such file or directory' }] }
const desired = { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] }
const mounts = [mountOf('team-a/', KV, 'v0.16.2')]

test('names a node without the file of the new version', () => {
  const catalog = [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0', lost)]
  const input = safetyInput({ desired, live: { catalog, mounts } })

  expect(only(binaryMissing.judge(input))).toMatchObject({
    subject: NODE,
    message: `The plugin directory of ${NODE} lacks files that the plan starts: my-kv_0.21.0 (secret/my-kv v0.21.0). The node answers: HTTP 500 no such file or directory.`,
    nodes: [NODE],
    at: SOURCE,
  })
  expect(noRollback.judge(input)).toEqual([])
})

test('leaves a missing file that only the rollback needs to no-rollback', () => {
  const catalog = [entryOf(KV, 'v0.16.2', lost), entryOf(KV, 'v0.21.0')]
  const input = safetyInput({ desired, live: { catalog, mounts } })

  expect(binaryMissing.judge(input)).toEqual([])
  expect(only(noRollback.judge(input))).toMatchObject({
    subject: KV,
    message: `If the new secret/my-kv fails, v0.16.2 cannot be started again on ${NODE}: its file my-kv_0.16.2 is not in the plugin directory there.`,
  })
})

test('ignores a missing file that the plan does not start', () => {
  const catalog = [entryOf(KV, 'v0.15.0', lost), entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')]

  expect(binaryMissing.judge(safetyInput({ desired, live: { catalog, mounts } }))).toEqual([])
})
