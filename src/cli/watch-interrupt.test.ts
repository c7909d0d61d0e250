import { beforeEach, describe, expect, it } from 'vitest'
import { plan } from '../../test/builders/plan.ts'
import { followRun } from '../journal/run-progress.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { EXIT } from '../domain/errors.ts'
import type { Host } from './host/host.ts'
import { type InterruptedRun, watchInterrupt } from './watch-interrupt.ts'

/** The lock is released before the process ends: nothing runs after that. */
const ended = ['err: the end: interrupted', 'release', `exit ${EXIT.interrupted}`]

/** The calls on the run and the host, in order. */
let done: string[]
let interrupt: () => void
let answer: () => void
/** Ends the time limit of the answer. */
let expireTimeLimit: () => void
let watching: boolean
beforeEach(() => {
  done = []
})

it('does nothing before the first Ctrl-C', () => {
  watch()

  expect(done).toEqual([])
})

it('asks the run to stop at the first Ctrl-C, and says what the second does', () => {
  watch({ underWay: true })

  interrupt()

  expect(done).toEqual([
    'stop',
    'err: Stopping after the step under way. Press Ctrl-C again to stop at once.',
    'shown: Stopping after the step under way. Press Ctrl-C again to stop at once.',
  ])
})

it('ends the process at the second Ctrl-C if no request is under way', async () => {
  watch()

  times(2)
  await pendingCallbacks()

  expect(done.slice(3)).toEqual(['shut', 'end of the list', ...ended])
})

it('waits for the answer of a request under way at the second Ctrl-C', async () => {
  watch({ underWay: true })

  times(2)
  await pendingCallbacks()
  expect(done.slice(3)).toEqual([
    'shut',
    'err: Stopping at once: a request is under way, and has 2 s for its answer.',
    'shown: Stopping at once: a request is under way, and has 2 s for its answer.',
    'wait 2000',
  ])
  answer()
  await pendingCallbacks()

  // The list keeps what is written until it has ended.
  expect(done.slice(7)).toEqual(['end of the list', ...ended])
})

it('ends the process when the answer does not arrive within the time limit', async () => {
  watch({ underWay: true })

  times(2)
  expireTimeLimit()
  await pendingCallbacks()

  expect(done.slice(7)).toEqual(['end of the list', ...ended])
})

it('ends the process at the third Ctrl-C even if a request is under way', () => {
  watch({ underWay: true })

  times(3)

  expect(done.slice(7)).toEqual(['shut', ...ended])
})

describe('of a run with a login', () => {
  const login = () => {
    const revoked: { resolve: () => void } = { resolve: () => undefined }
    const abandon = () => {
      done.push('revoke')
      return new Promise<void>((resolve) => (revoked.resolve = resolve))
    }
    return { abandon, revoked }
  }
  const endedUntilRevoked = [...ended.slice(0, -1), 'revoke']

  it('the second Ctrl-C ends the process after the token is revoked', async () => {
    const { abandon, revoked } = login()
    watch({ login: { abandon } })

    times(2)
    await pendingCallbacks()
    expect(done.slice(3)).toEqual(['shut', 'end of the list', ...endedUntilRevoked])
    revoked.resolve()
    await pendingCallbacks()

    expect(done.at(-1)).toBe(`exit ${EXIT.interrupted}`)
  })

  it('the next Ctrl-C does not wait for that', async () => {
    watch({ login: { abandon: login().abandon } })

    times(2)
    await pendingCallbacks()
    times(1)

    expect(done.slice(-3)).toEqual(['revoke', 'shut', `exit ${EXIT.interrupted}`])
  })
})

it('watches until the returned function is called', () => {
  const end = watch()

  end()

  expect(watching).toBe(false)
})

function watch({
  underWay = false,
  login,
}: { underWay?: boolean; login?: InterruptedRun['login'] } = {}): ReturnType<
  typeof watchInterrupt
> {
  const settled = new Promise<void>((resolve) => (answer = resolve))
  const host = {
    err: (text) => done.push(`err: ${text.trim()}`),
    exit: (code) => done.push(`exit ${code}`),
    wait: (milliseconds) => {
      done.push(`wait ${milliseconds}`)
      return new Promise((resolve) => (expireTimeLimit = resolve))
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
    progress: {
      notify: (text) => done.push(`shown: ${text}`),
      end: () => {
        done.push('end of the list')
        return Promise.resolve()
      },
    },
    describeEnd: ({ kind }) => `the end: ${kind}`,
    login,
  })
}

function times(count: number): void {
  for (let time = 0; time < count; time += 1) interrupt()
}

/** Resolves when all pending promise callbacks have run. */
function pendingCallbacks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
