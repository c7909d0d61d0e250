import { describe, expect, it } from 'vitest'
import type { Step } from '../documents/plan.generated.ts'
import { plugin, version } from '../../test/builders/live.ts'
import { step } from '../../test/builders/plan.ts'
import { scheduleSteps } from './schedule-steps.ts'

function steps(after: Readonly<Record<string, readonly string[]>>): Step[] {
  const action = {
    kind: 'deregister' as const,
    plugin: plugin('secret/kv'),
    version: version('v1.0.0'),
  }
  return Object.entries(after).map(([id, before]) => ({
    ...step(id, action, 'retired'),
    after: [...before],
  }))
}

const WIDE = { r: [], a: ['r'], b: ['r'], c: ['r'], x: ['a', 'b', 'c'] }

/** Steps that end when the test says so. */
function byHand(plan: readonly Step[], limit: number) {
  const begun: string[] = []
  const ends = new Map<string, (isDone: boolean) => void>()
  let mayBegin = true
  const scheduled = scheduleSteps(plan, {
    limit: () => limit,
    mayBegin: () => Promise.resolve(mayBegin),
    carryOut: ({ id }) => {
      begun.push(id)
      return new Promise((resolve) => ends.set(id, resolve))
    },
  })
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return {
    begun,
    scheduled,
    settle,
    stop: () => (mayBegin = false),
    end: async (id: string, isDone = true) => {
      ends.get(id)?.(isDone)
      await settle()
    },
  }
}

describe('steps', () => {
  it('begin when all that they come after is done, at most so many at the same time', async () => {
    const run = byHand(steps(WIDE), 2)
    await run.settle()
    expect(run.begun).toEqual(['r'])
    await run.end('r')
    expect(run.begun).toEqual(['r', 'a', 'b'])
    await run.end('b')
    expect(run.begun).toEqual(['r', 'a', 'b', 'c'])
    await run.end('c')
    expect(run.begun).toEqual(['r', 'a', 'b', 'c'])
    await run.end('a')
    expect(run.begun).toEqual(['r', 'a', 'b', 'c', 'x'])
    await run.end('x')
    await run.scheduled
  })

  it.each([
    ['has failed', async (run: ReturnType<typeof byHand>) => run.end('a', false)],
    [
      'may not begin',
      async (run: ReturnType<typeof byHand>) => {
        run.stop()
        await run.end('a')
      },
    ],
  ])('do not begin once one %s, and those under way finish', async (_, disturb) => {
    const run = byHand(steps(WIDE), 2)
    let isOver = false
    void run.scheduled.then(() => (isOver = true))
    await run.settle()
    await run.end('r')
    await disturb(run)
    expect(run.begun).toEqual(['r', 'a', 'b'])
    expect(isOver).toBe(false)
    await run.end('b')
    expect(isOver).toBe(true)
    expect(run.begun).toEqual(['r', 'a', 'b'])
  })

  it('that are under way finish before an error is thrown', async () => {
    const ended: string[] = []
    let asked = 0
    const scheduled = scheduleSteps(steps({ a: [], b: [] }), {
      limit: () => 2,
      mayBegin: () =>
        (asked += 1) === 1 ? Promise.resolve(true) : Promise.reject(new Error('no')),
      carryOut: async ({ id }) => {
        await new Promise((resolve) => setImmediate(resolve))
        ended.push(id)
        return true
      },
    })

    await expect(scheduled).rejects.toThrow('no')
    expect(ended).toEqual(['a'])
  })

  it('that wait for each other are not taken for done', async () => {
    const scheduled = scheduleSteps(steps({ r: [], a: ['b'], b: ['a'] }), {
      limit: () => 4,
      mayBegin: () => Promise.resolve(true),
      carryOut: () => Promise.resolve(true),
    })

    await expect(scheduled).rejects.toThrow('wait for each other')
  })
})
