import { expect, test } from 'vitest'
import { mountPath, nodeAddress, plugin, version } from '../../../test/builders/live.ts'
import type { Fact } from '../../documents/plan.generated.ts'
import { ROOT_NAMESPACE, type Sha256 } from '../../domain/names.ts'
import { describeMismatch, seenMismatch } from './mismatch.ts'

const node = nodeAddress(2)
const entry: Fact = {
  fact: 'entry',
  plugin: plugin('secret/my-kv'),
  version: version('v1.0.0'),
  entry: null,
}
const running: Fact = {
  fact: 'running',
  mount: mountPath('a/'),
  namespace: ROOT_NAMESPACE,
  node,
  sha256: 'a'.repeat(64) as Sha256,
}

test('what the cluster says is final, what one node says may come round', () => {
  const details = { field: 'entry', expected: 'registered', found: 'not registered' } as const

  expect(seenMismatch(entry, details).state).toBe('final')
  expect(seenMismatch({ ...entry, node }, details).state).toBe('pending')
})

test('is told in words that need no second reading', () => {
  const gone = { field: 'answers', expected: 'yes', found: 'backend is nil' } as const
  const absent = { field: 'entry', expected: 'registered (aa)', found: 'not registered' } as const

  expect(describeMismatch(seenMismatch(running, gone))).toBe(
    `a/ on ${node}: does not answer (backend is nil)`,
  )
  expect(describeMismatch(seenMismatch(entry, absent))).toBe('secret/my-kv v1.0.0: not registered')
})
