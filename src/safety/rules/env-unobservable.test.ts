import { expect, test } from 'vitest'
import {
  desiredPlugin,
  desiredVersion,
  entryOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { envUnobservable } from './env-unobservable.ts'

const KV = 'secret/my-kv'
const env = [{ name: 'HTTPS_PROXY', from: 'KV_PROXY' }]
const desired = {
  plugins: [desiredPlugin(KV, { versions: ['v0.20.0', desiredVersion(KV, 'v0.21.0', { env })] })],
}

test('a registered version with an environment is noted', () => {
  const live = { catalog: [entryOf(KV, 'v0.20.0'), entryOf(KV, 'v0.21.0')] }

  const found = only(envUnobservable.judge(safetyInput({ desired, live })))

  expect(found.subject).toBe(KV)
  expect(found.message).toContain('secret/my-kv v0.21.0 is registered already')
})

test('one that the plan registers has what the file says', () => {
  expect(envUnobservable.judge(safetyInput({ desired }))).toEqual([])
})
