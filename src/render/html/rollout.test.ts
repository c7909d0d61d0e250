import { expect, test } from 'vitest'
import { liveNode, mountPath, plugin, version } from '../../../test/builders/live.ts'
import { upgradePlan } from '../../../test/builders/plan.ts'
import { nameNodes } from '../node-names.ts'
import { rollout } from './rollout.ts'

const TOGETHER = 'If one of these 2 steps fails, they roll back together.'
const document = upgradePlan({
  plugin: plugin('secret/my-kv'),
  from: version('v1.0.0'),
  to: version('v1.1.0'),
  mounts: ['a/', 'b/'].map(mountPath),
  nodes: [liveNode(1)],
})
const tunes = document.steps.filter(({ action }) => action.kind === 'tune')

function drawn(groups: readonly string[]): string {
  const steps = tunes.map((step, at) => ({ ...step, group: groups[at] ?? '' }))
  const page = rollout({ ...document, steps }, nameNodes(document.cluster.nodes))
  return String(page).replace(/\s+/g, ' ')
}

test('steps of one group roll back together', () => {
  expect(drawn(['one', 'one'])).toContain(TOGETHER)
})

test('steps of two groups on one line do not', () => {
  const page = drawn(['one', 'other'])

  expect(page).toContain('tune</strong> a/, b/ to v1.1.0')
  expect(page).not.toContain('roll back together')
})
