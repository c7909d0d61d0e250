import { beforeEach, expect, test } from 'vitest'
import { plan, step } from '../../test/builders/plan.ts'
import { plugin, version } from '../../test/builders/live.ts'
import type { JournalEvent } from '../documents/journal.generated.ts'
import { createProgress } from './choose-progress.ts'
import type { Host } from './host/host.ts'

const VERSIONS = ['v1.0.0', 'v2.0.0', 'v3.0.0']
const action = { kind: 'deregister', plugin: plugin('secret/my-kv') } as const
const steps = VERSIONS.map((of, at) => ({
  ...step(of, { ...action, version: version(of) }, 'retired'),
  after: VERSIONS.slice(0, at).slice(-1),
}))

let written: string[]
let now: number
let tick: () => void
beforeEach(() => {
  written = []
  now = 0
})

/** A terminal of two rows: too low for a list of three steps. */
function watch(width: number) {
  const host = {
    outIsTerminal: true,
    errIsTerminal: true,
    width,
    height: 2,
    now: () => new Date(now),
    every: (_milliseconds, callback) => {
      tick = callback
      return () => undefined
    },
    err: (text) => written.push(text),
    showLine: (text) => written.push(`<${text}>`),
  } as Partial<Host> as Host
  const { sink, end } = createProgress(plan({ steps }), {}, host)
  const send = (event: object): unknown =>
    sink({ at: '2026-01-01T00:00:00Z', run: 'run-1', ...event } as JournalEvent)
  return { send, end }
}

test('prints each step when it has ended, and below how far the run is', async () => {
  const { send, end } = watch(80)

  await send({ event: 'step_started', step: 'v1.0.0' })
  now = 2_000
  await send({ event: 'step_done', step: 'v1.0.0', outcome: 'done' })
  now = 3_000
  tick()
  await end()

  expect(written).toEqual([
    '<0 of 3 steps done, 0 s so far>',
    '[1/3] deregister secret/my-kv v1.0.0 … done\n',
    '<1 of 3 steps done, 2 s so far, about 4 s left>',
    '<1 of 3 steps done, 3 s so far, about 3 s left>',
    '<>',
  ])
})

test('cuts the last line where the terminal ends', async () => {
  const { send } = watch(20)

  await send({ event: 'run_started' })

  expect(written).toEqual(['<0 of 3 steps done, >'])
})

test('takes the last line away before a rollback is printed in parts', async () => {
  const { send } = watch(80)
  await send({ event: 'step_failed', step: 'v1.0.0' })

  await send({ event: 'undo_started', action: { ...action, version: version('v1.0.0') } })
  tick()
  await send({ event: 'undo_done' })

  expect(written).toEqual([
    '<>',
    '[1/3] deregister secret/my-kv v1.0.0 … FAILED\n',
    '  rolling back: deregister secret/my-kv v1.0.0 … ',
    'done\n',
  ])
})
