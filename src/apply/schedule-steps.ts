/**
 * Runs each step as soon as the steps that it comes after are done, at most `limit` at the same time.
 * After the first step that ends otherwise than done, nothing else begins; what is under way
 * finishes.
 */
import type { Step } from '../documents/plan.generated.ts'
import { LockstepError } from '../domain/errors.ts'
import { remember } from '../domain/remember.ts'

export interface Scheduling {
  /** How many steps may be under way now; at least 1. */
  readonly limit: () => number
  /** Asked before each step: false ends the run there. */
  readonly mayBegin: () => Promise<boolean>
  /** True if the step is done. Must not throw. */
  readonly carryOut: (step: Step) => Promise<boolean>
}

/**
 * Resolves when nothing is under way any more. Steps that are free begin in the order of the plan.
 * Throws what `mayBegin` throws, and a LockstepError if steps wait for each other, once what was
 * under way has finished.
 */
export async function scheduleSteps(
  steps: readonly Step[],
  { limit, mayBegin, carryOut }: Scheduling,
): Promise<void> {
  const { free, finish } = trackFree(steps)
  const underWay = new Set<Promise<void>>()
  let begun = 0
  let isEnding = false
  const begin = async (step: Step): Promise<void> => {
    if (await carryOut(step)) finish(step)
    else isEnding = true
  }
  const mayGoOn = (): boolean => !isEnding
  try {
    while (mayGoOn()) {
      const next = free[begun]
      if (next !== undefined && underWay.size < limit()) {
        // Another step may have failed during `mayBegin`.
        if (!(await mayBegin()) || !mayGoOn()) break
        begun += 1
        const running = begin(next).finally(() => underWay.delete(running))
        underWay.add(running)
      } else if (underWay.size > 0) await Promise.race(underWay)
      else break
    }
  } finally {
    await Promise.all(underWay)
  }
  if (mayGoOn() && begun === free.length && begun < steps.length) {
    throw new LockstepError({
      code: 'bug',
      message: 'this is a bug in lockstep, please report it: steps of the plan wait for each other',
    })
  }
}

interface FreeSteps {
  /** Grows as steps are finished; in the order in which they became free. */
  readonly free: readonly Step[]
  readonly finish: (step: Step) => void
}

function trackFree(steps: readonly Step[]): FreeSteps {
  const missing = new Map<Step, number>()
  const followers = new Map<string, Step[]>()
  for (const step of steps) {
    missing.set(step, step.after.length)
    for (const id of step.after) {
      remember(followers, id, (): Step[] => []).push(step)
    }
  }
  const free = steps.filter(({ after }) => after.length === 0)
  return {
    free,
    finish: ({ id }) => {
      for (const follower of followers.get(id) ?? []) {
        const left = (missing.get(follower) ?? 0) - 1
        missing.set(follower, left)
        if (left === 0) free.push(follower)
      }
    },
  }
}
