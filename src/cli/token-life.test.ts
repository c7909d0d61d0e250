import { expect, test } from 'vitest'
import { plan, step } from '../../test/builders/plan.ts'
import { mountPath, nodeAddress, version } from '../../test/builders/live.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { secondsNeeded, secondsOfLife } from './token-life.ts'

const NOW = 1_000_000

test.each([
  ['a root token never expires', { ttl: 0, renewable: false }, undefined],
  ['a token that cannot be renewed expires after its ttl', { ttl: 30, renewable: false }, 30],
  [
    'a token that can be renewed does not expire during a run',
    { ttl: 30, renewable: true },
    undefined,
  ],
  [
    'a token is not renewed beyond its explicit_max_ttl',
    { ttl: 30, renewable: true, creation_time: NOW - 50, explicit_max_ttl: 90 },
    40,
  ],
  ['the life of a token without these fields is unknown', {}, undefined],
])('%s', (_, data, life) => {
  expect(secondsOfLife(data, NOW)).toBe(life)
})

test('counts the time of each step and each soak', () => {
  const at = { namespace: ROOT_NAMESPACE, mounts: [mountPath('a/')] }
  const tune = { kind: 'tune' as const, mount: mountPath('a/'), version: version('v2.0.0') }
  const steps = [
    step('tune', { ...tune, namespace: ROOT_NAMESPACE }, ''),
    step('reload', { kind: 'reload', node: nodeAddress(1), ...at }, ''),
  ]

  expect(secondsNeeded(plan({ steps }), 30)).toBe(2 * 5 + 30)
})
