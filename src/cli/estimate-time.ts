/**
 * How far a run is, and how long the rest may take by what this run has measured. Pure: it is told
 * the time.
 */
import type { Step } from '../documents/plan.generated.ts'
import { count } from '../domain/count.ts'

type Kind = Step['action']['kind']

export interface RunClock {
  /** A step is done, `now` milliseconds after the run began. */
  readonly stepDone: (step: Step, now: number) => void
  /** `12 of 64 steps done, 8 s so far, about 30 s left`. */
  readonly describe: (now: number) => string
}

/** `now` in milliseconds since any moment. */
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
      const known = measured.get(kind) ?? { steps: 0, milliseconds: 0 }
      // Of steps beside each other each counts from the end of the one before it.
      measured.set(kind, {
        steps: known.steps + 1,
        milliseconds: known.milliseconds + now - last,
      })
      last = now
    },
    describe: (now) => {
      const told = `${done} of ${count(steps.length, 'step')} done, ${seconds(now - began)} so far`
      // Less what the step under way has taken already.
      const rest = timeLeft(left, measured) - (now - last)
      return rest > 0 ? `${told}, about ${seconds(rest)} left` : told
    },
  }
}

/** Milliseconds; not a number until a step of each kind that is left was measured. */
function timeLeft(
  left: ReadonlyMap<Kind, number>,
  measured: ReadonlyMap<Kind, { readonly steps: number; readonly milliseconds: number }>,
): number {
  let total = 0
  for (const [kind, steps] of left) {
    if (steps === 0) continue
    const known = measured.get(kind)
    total += known === undefined ? NaN : (known.milliseconds / known.steps) * steps
  }
  return total
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`
}
