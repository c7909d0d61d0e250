import { expect, test } from 'vitest'
import { cluster, FILE, NEW, ASKED } from '../../test/drift/one-mount.ts'
import { driftReport } from '../../test/builders/drift-report.ts'
import { LockstepError } from '../domain/errors.ts'
import { findDrift } from '../drift/find-drift.ts'
import { type Round, watchDrift } from './watch-drift.ts'

const REPORT = driftReport(findDrift(FILE, cluster(NEW, {}), ASKED))

/** Runs so many rounds. `takes`: milliseconds of each check. */
async function watch(count: number, checks: readonly (() => Promise<typeof REPORT>)[], takes = 0) {
  const stop = new AbortController()
  const rounds: Round[] = []
  const waits: number[] = []
  let now = 0
  await watchDrift(
    {
      interval: 10,
      check: () => {
        now += takes
        return (checks[rounds.length] ?? checks.at(-1))!()
      },
      onRound: (round) => {
        rounds.push(round)
        if (rounds.length === count) stop.abort()
      },
      stopped: stop.signal,
    },
    {
      now: () => new Date(now),
      wait: (milliseconds) => {
        waits.push(milliseconds)
        now += milliseconds
        return Promise.resolve()
      },
    },
  )
  return { rounds, waits }
}

test('a check that throws is a failed round, and the next round follows', async () => {
  const down = new LockstepError({ code: 'unreachable', message: 'no node answers', hint: 'Look.' })

  const { rounds } = await watch(3, [
    () => Promise.reject(down),
    () => Promise.reject(new TypeError('oops')),
    () => Promise.resolve(REPORT),
  ])

  expect(rounds).toMatchObject([
    { kind: 'failed', cause: 'unreachable', message: 'no node answers', hint: 'Look.' },
    { kind: 'failed', cause: 'bug' },
    { kind: 'reported', report: REPORT },
  ])
})

test.each([
  [2_000, 8_000],
  [10_000, 10_000],
  [13_000, 7_000],
])('a round of %i ms is followed by a pause of %i ms', async (takes, pause) => {
  const { rounds, waits } = await watch(3, [() => Promise.resolve(REPORT)], takes)

  expect(rounds[0]?.duration).toBe(takes / 1000)
  expect(waits.slice(0, 2)).toEqual([pause, pause])
})

test('it ends at once when it is stopped, in a check and in a pause', async () => {
  const never = new Promise<never>(() => undefined)
  const inCheck = new AbortController()
  const rounds: Round[] = []
  const onRound = (round: Round): void => void rounds.push(round)
  const clock = { now: () => new Date(0), wait: () => never }

  const checking = watchDrift(
    { interval: 1, check: () => never, onRound, stopped: inCheck.signal },
    clock,
  )
  inCheck.abort()
  await checking
  expect(rounds).toEqual([])

  const inPause = new AbortController()
  const stopAfter = (round: Round): void => {
    onRound(round)
    setImmediate(() => {
      inPause.abort()
    })
  }
  const check = () => Promise.resolve(REPORT)
  await watchDrift({ interval: 1, check, onRound: stopAfter, stopped: inPause.signal }, clock)
  expect(rounds).toHaveLength(1)
})
