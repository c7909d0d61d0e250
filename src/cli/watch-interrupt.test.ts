import { beforeEach, expect, it } from 'vitest'
import { plan } from '../../test/builders/plan.ts'
import { followRun } from '../journal/run-progress.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { EXIT } from '../domain/errors.ts'
import type { Host } from './host/host.ts'
import { watchInterrupt } from './watch-interrupt.ts'

/** What was done, in order. */
let done: string[]
let interrupt: () => void
let answer: () => void
/** Ends the wait for an answer. */
let waitedLongEnough: () => void
let watching: boolean
beforeEach(() => {
  done = []
})

it('has not been asked to stop before the first Ctrl-C', () => {
  watch()

  expect(done).toEqual([])
})

it('asks the run to stop at the first, and says what the second does', () => {
  watch({ underWay: true })

  interrupt()

  expect(done).toEqual([
    'stop',
    'err: Stopping after the step under way. Press Ctrl-C again to stop at once.',
  ])
})

it('ends at the second where no request is under way', () => {
  watch()

  times(2)

  expect(done.slice(2)).toEqual(['shut', ...ended])
})

it('waits at the second for the answer of a request under way', async () => {
  watch({ underWay: true })

  times(2)
  await everythingDue()
  expect(done.slice(2)).toEqual([
    'shut',
    'err: Stopping at once: a request is under way, and has 2 s for its answer.',
    'wait 2000',
  ])
  answer()
  await everythingDue()

  expect(done.slice(5)).toEqual(ended)
})

it('waits for it no longer than it said', async () => {
  watch({ underWay: true })

  times(2)
  waitedLongEnough()
  await everythingDue()

  expect(done.slice(5)).toEqual(ended)
})

it('ends at the third whatever is under way', () => {
  watch({ underWay: true })

  times(3)

  expect(done.slice(5)).toEqual(['shut', ...ended])
})

it('watches until it is told not to', () => {
  const end = watch()

  end()

  expect(watching).toBe(false)
})

/** The lock goes back before the process does: nothing runs after it. */
const ended = ['err: the end: interrupted', 'release', `exit ${EXIT.interrupted}`]

function watch({ underWay = false } = {}): ReturnType<typeof watchInterrupt> {
  const settled = new Promise<void>((resolve) => (answer = resolve))
  const host = {
    err: (text) => done.push(`err: ${text.trim()}`),
    exit: (code) => done.push(`exit ${code}`),
    wait: (milliseconds) => {
      done.push(`wait ${milliseconds}`)
      return new Promise((resolve) => (waitedLongEnough = resolve))
    },
    onInterrupt: (callback) => {
      interrupt = callback
      watching = true
      return () => (watching = false)
    },
  } as Pick<Host, 'err' | 'exit' | 'wait' | 'onInterrupt'> as Host
  return watchInterrupt({
    host,
    run: {
      plan: plan() as FreshPlan,
      stop: () => done.push('stop'),
      shut: () => done.push('shut'),
      isUnderWay: () => underWay,
      settled: () => settled,
      ending: followRun(plan()).ending,
      release: () => done.push('release'),
    },
    describeEnd: ({ kind }) => `the end: ${kind}`,
  })
}

function times(count: number): void {
  for (let time = 0; time < count; time += 1) interrupt()
}

/** All that can happen without anything more from outside. */
function everythingDue(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
