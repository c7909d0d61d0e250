/**
 * Says how many steps of a run are done, and estimates the time left from the steps of this run.
 * Pure: the time is passed in.
 */
import type { Step } from '../documents/plan.generated.ts'
import { count } from '../domain/count.ts'

type Kind = Step['action']['kind']

export interface RunClock {
  /** Records that a step was done at `now`. */
  readonly stepDone: (step: Step, now: number) => void
  /** `12 of 64 steps done, 8 s so far, about 30 s left`. */
  readonly describe: (now: number) => string
}

/** `began`, and every `now`, are milliseconds on the same clock. */
export function createRunClock(steps: readonly Step[], began: number): RunClock {
  const left = new Map<Kind, number>()
  for (const { action } of steps) left.set(action.kind, (left.get(action.kind) ?? 0) + 1)
  const measured = new Map<Kind, { steps: number; milliseconds: number }>()
  let done = 0
  let last = began
  return {
    stepDone: ({ action: { kind } }, now) => {
      done += 1
      left.set(kind, (left.get(kind) ?? 0) - 1)
      const sum = measured.get(kind) ?? { steps: 0, milliseconds: 0 }
      // For steps that run at the same time, each is measured from the end of the one before it.
      measured.set(kind, {
        steps: sum.steps + 1,
        milliseconds: sum.milliseconds + now - last,
      })
      last = now
    },
    describe: (now) => {
      const progress = `${done} of ${count(steps.length, 'step')} done, ${seconds(now - began)} so far`
      // Subtract the time that the step under way has taken already.
      const rest = timeLeft(left, measured) - (now - last)
      return rest > 0 ? `${progress}, about ${seconds(rest)} left` : progress
    },
  }
}

/** Milliseconds; NaN until a step of each remaining kind was measured. */
function timeLeft(
  left: ReadonlyMap<Kind, number>,
  measured: ReadonlyMap<Kind, { readonly steps: number; readonly milliseconds: number }>,
): number {
  let total = 0
  for (const [kind, steps] of left) {
    if (steps === 0) continue
    const sum = measured.get(kind)
    total += sum === undefined ? NaN : (sum.milliseconds / sum.steps) * steps
  }
  return total
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`
}
