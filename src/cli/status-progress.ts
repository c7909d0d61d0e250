/**
 * Shows a run on a terminal that is too low for the list of its steps: a line for each step that has
 * ended, and below these lines how many steps are done and the estimated time left.
 */
import type { Plan } from '../documents/plan.generated.ts'
import { createRunClock } from './estimate-time.ts'
import type { Host } from './host/host.ts'
import { lineProgress, type Progress } from './progress.ts'

/** Milliseconds between two updates of the time. */
const TICK = 1_000

export function statusProgress(plan: Plan, host: Host): Progress {
  const lines = lineProgress(plan, host.err, { wholeLines: true })
  const stepOf = new Map(plan.steps.map((step) => [step.id, step]))
  const milliseconds = (): number => host.now().getTime()
  const clock = createRunClock(plan.steps, milliseconds())
  let isRunning = true
  const draw = (): void => {
    // A text that fills the last column would move the cursor to the next line.
    if (isRunning) host.showLine(clock.describe(milliseconds()).slice(0, host.width - 1))
  }
  const stop = (): void => {
    isRunning = false
    stopTicking()
    host.showLine('')
  }
  const stopTicking = host.every(TICK, draw)
  return {
    sink: async (event) => {
      // The lines of a rollback are printed in parts.
      if (event.event === 'step_failed' || event.event === 'run_ended') stop()
      await lines.sink(event)
      if (event.event === 'step_done') {
        const step = stepOf.get(event.step)
        if (step !== undefined) clock.stepDone(step, milliseconds())
      }
      draw()
    },
    end: () => {
      stop()
      return Promise.resolve()
    },
  }
}
