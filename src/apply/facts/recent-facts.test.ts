import { expect, test } from 'vitest'
import { mountPath, nodeAddress, plugin, version } from '../../../test/builders/live.ts'
import type { Fact } from '../../documents/plan.generated.ts'
import { ROOT_NAMESPACE } from '../../domain/names.ts'
import { createRecentFacts, RECENT } from './recent-facts.ts'

const mount = (configured: string): Fact => ({
  fact: 'mount',
  mount: mountPath('a/'),
  namespace: ROOT_NAMESPACE,
  plugin: plugin('secret/my-kv'),
  accessor: 'kv_1',
  configured_version: version(configured),
})

function recentFacts() {
  const clock = { now: 0 }
  return { clock, recent: createRecentFacts(() => clock.now) }
}

test('a fact that was seen to hold is not read again for a second', () => {
  const { clock, recent } = recentFacts()
  recent.add([mount('v1.0.0')], recent.begin())

  clock.now = RECENT
  expect(recent.withoutRecent([mount('v1.0.0'), mount('v2.0.0')])).toEqual([mount('v2.0.0')])
  clock.now = RECENT + 1
  expect(recent.withoutRecent([mount('v1.0.0')])).toEqual([mount('v1.0.0')])
})

test('what one node says of itself is read each time', () => {
  const { recent } = recentFacts()
  const ofNode = { ...mount('v1.0.0'), node: nodeAddress(1) }
  recent.add([ofNode], recent.begin())

  expect(recent.withoutRecent([ofNode])).toEqual([ofNode])
})

test('nothing that was being read when a step beside dropped everything is kept', () => {
  const { recent } = recentFacts()
  const reading = recent.begin()
  const asking = recent.begin()

  recent.drop()
  recent.add([mount('v1.0.0')], reading)
  recent.setActive(nodeAddress(1), asking)

  expect(recent.withoutRecent([mount('v1.0.0')])).toEqual([mount('v1.0.0')])
  expect(recent.active()).toBeUndefined()
})

test('an older reading that ends late does not take the place of a newer one', () => {
  const { clock, recent } = recentFacts()
  const older = recent.begin()
  clock.now = 10
  recent.add([mount('v2.0.0')], recent.begin())

  recent.add([mount('v1.0.0')], older)

  expect(recent.withoutRecent([mount('v2.0.0')])).toEqual([])
})
