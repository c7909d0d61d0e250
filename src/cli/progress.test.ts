import { expect, test } from 'vitest'
import { plan, step } from '../../test/builders/plan.ts'
import { plugin, version } from '../../test/builders/live.ts'
import { lineProgress } from './progress.ts'

test('a step that was done already has its number too', async () => {
  const action = { kind: 'deregister' as const, plugin: plugin('secret/my-kv') }
  const steps = ['v1.0.0', 'v2.0.0'].map((of) =>
    step(of, { ...action, version: version(of) }, 'retired'),
  )
  const lines: string[] = []
  const stamp = { at: '2026-01-01T00:00:00Z', run: 'run-1' }

  await lineProgress(plan({ steps }), (line) => lines.push(line)).sink({
    ...stamp,
    event: 'step_done',
    step: 'v2.0.0',
    outcome: 'already',
  })

  expect(lines).toEqual(['[2/2] deregister secret/my-kv v2.0.0 … already so\n'])
})
