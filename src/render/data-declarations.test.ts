import { expect, test } from 'vitest'
import { liveNode, mountPath, plugin as pluginId, version } from '../../test/builders/live.ts'
import { upgradePlan } from '../../test/builders/plan.ts'
import type { Plan } from '../documents/plan.generated.ts'
import { createPalette } from './palette.ts'
import { renderPlan } from './plan-text.ts'
import { renderPlanMarkdown } from '../../test/render/comment.ts'

const sha256 = 'a'.repeat(64)

function declaring(plugin: string): Plan {
  const plan = upgradePlan({
    plugin: pluginId('secret/my-kv'),
    from: version('v0.16.2'),
    to: version('v0.21.0'),
    mounts: [mountPath('team-a/')],
    nodes: [liveNode(1)],
  })
  const binary = { command: 'kv', sha256 }
  const versions = {
    'v0.16.2': binary,
    'v0.21.0': { ...binary, data: { upgrade_from: '>=0.16.0', downgrade_to: '`*`' } },
  }
  return { ...plan, desired: { version: 1, plugins: { [plugin]: { versions } } } }
}

test('every view shows a declaration of a plugin that the plan changes', () => {
  const plan = declaring('secret/my-kv')

  const text = renderPlan(plan, { palette: createPalette(false) })
  const markdown = renderPlanMarkdown(plan)

  expect(text).toContain('Data compatibility, declared in the desired state of this plan')
  expect(text).toContain('secret/my-kv v0.21.0  reads data of >=0.16.0, writes data that `*` reads')
  expect(markdown).toContain('Data compatibility, declared in the desired state of this plan')
  expect(markdown).toContain('- `secret/my-kv v0.21.0` ``reads data of >=0.16.0')
})

test('no view shows a declaration of a plugin that the plan does not change', () => {
  expect(renderPlan(declaring('secret/other'), { palette: createPalette(false) })).not.toContain(
    'Data compatibility',
  )
})
