import { expect, test } from 'vitest'
import { plan, step } from '../../test/builders/plan.ts'
import { plugin, version } from '../../test/builders/live.ts'
import { lineProgress } from './progress.ts'

test('prints the number of a step that was done already', async () => {
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

test('prints a step when it begins, but steps that run at the same time when they end', async () => {
  const action = { kind: 'deregister' as const, plugin: plugin('secret/my-kv') }
  const [first, second, last] = ['v1.0.0', 'v2.0.0', 'v3.0.0'].map((of) =>
    step(of, { ...action, version: version(of) }, 'retired'),
  )
  const steps = [first!, second!, { ...last!, after: ['v1.0.0', 'v2.0.0'] }]
  let shown = ''
  const { sink } = lineProgress(plan({ steps }), (text) => (shown += text))
  const send = async (event: 'step_started' | 'step_done', of: string) => {
    const stamp = { at: '2026-01-01T00:00:00Z', run: 'run-1', step: of }
    const begun = { number: 1, of: 3, action: steps[0]!.action, undo: [], restores: [] }
    await sink(
      event === 'step_done' ? { ...stamp, event, outcome: 'done' } : { ...stamp, event, ...begun },
    )
  }
  await send('step_started', 'v1.0.0')
  await send('step_started', 'v2.0.0')
  await send('step_done', 'v2.0.0')
  await send('step_done', 'v1.0.0')
  await send('step_started', 'v3.0.0')

  expect(shown).toBe(
    [
      '[2/3] deregister secret/my-kv v2.0.0 … done\n',
      '[1/3] deregister secret/my-kv v1.0.0 … done\n',
      '[3/3] deregister secret/my-kv v3.0.0 … ',
    ].join(''),
  )
})
