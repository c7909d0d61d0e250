import { expect, test } from 'vitest'
import { plan, step } from '../../test/builders/plan.ts'
import { mountPath, nodeAddress, version } from '../../test/builders/live.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { secondsNeeded, secondsOfLife } from './token-life.ts'

const NOW = 1_000_000

test.each([
  ['a root token never ends', { ttl: 0, renewable: false }, undefined],
  ['one that cannot be renewed ends with its time', { ttl: 30, renewable: false }, 30],
  ['one that can be renewed is', { ttl: 30, renewable: true }, undefined],
  [
    'but not beyond its explicit end',
    { ttl: 30, renewable: true, creation_time: NOW - 50, explicit_max_ttl: 90 },
    40,
  ],
  ['what is not said is not known', {}, undefined],
])('%s', (_, data, life) => {
  expect(secondsOfLife(data, NOW)).toBe(life)
})

test('a run may take longer for each step and each soak', () => {
  const at = { namespace: ROOT_NAMESPACE, mounts: [mountPath('a/')] }
  const tune = { kind: 'tune' as const, mount: mountPath('a/'), version: version('v2.0.0') }
  const steps = [
    step('tune', { ...tune, namespace: ROOT_NAMESPACE }, ''),
    step('reload', { kind: 'reload', node: nodeAddress(1), ...at }, ''),
  ]

  expect(secondsNeeded(plan({ steps }), 30)).toBe(2 * 5 + 30)
})
