import { expect, test } from 'vitest'
import { mountPath, nodeAddress, plugin, version } from '../../test/builders/live.ts'
import { step } from '../../test/builders/plan.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { createRunClock } from './estimate-time.ts'

const at = { mount: mountPath('a/'), namespace: ROOT_NAMESPACE }
const tune = step('tune', { kind: 'tune', ...at, version: version('v1.0.0') }, '')
const [first, second] = [1, 2].map((node) =>
  step(
    `reload ${node}`,
    { kind: 'reload', node: nodeAddress(node), namespace: ROOT_NAMESPACE, mounts: [at.mount] },
    '',
  ),
)
const retired = { kind: 'deregister' as const, plugin: plugin('secret/kv') }
const deregister = step('deregister', { ...retired, version: version('v1.0.0') }, '')

test('estimates the time left when a step of each remaining kind was measured', () => {
  const clock = createRunClock([tune, first!, second!], 1_000)
  expect(clock.describe(1_000)).toBe('0 of 3 steps done, 0 s so far')
  clock.stepDone(tune, 2_000)
  expect(clock.describe(3_000)).toBe('1 of 3 steps done, 2 s so far')
  clock.stepDone(first!, 12_000)
  expect(clock.describe(12_000)).toBe('2 of 3 steps done, 11 s so far, about 10 s left')
  expect(clock.describe(16_000)).toBe('2 of 3 steps done, 15 s so far, about 6 s left')
  // The step takes longer than the one before it, so the estimate would be negative.
  expect(clock.describe(40_000)).toBe('2 of 3 steps done, 39 s so far')
})

test('gives no estimate while a remaining kind of step was not measured', () => {
  const clock = createRunClock([first!, second!, deregister], 0)
  clock.stepDone(first!, 5_000)

  expect(clock.describe(5_000)).toBe('1 of 3 steps done, 5 s so far')
})
