/**
 * Ctrl-C while a plan is carried out. The first lets the step under way finish; the second sends
 * nothing more, gives the request under way a moment for its answer, and ends; the third ends.
 */
import type { RunProgress } from '../journal/run-progress.ts'
import type { WriteGate } from '../apply/write-gate.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import { EXIT } from '../domain/errors.ts'
import { lines } from '../domain/printable.ts'
import type { Host } from './host/host.ts'

export interface InterruptedRun {
  readonly host: Host
  readonly gate: WriteGate
  readonly progress: RunProgress
  readonly describeEnd: (outcome: RunOutcome) => string
  /** Gives back the lock of this machine. */
  readonly release: () => void
}

/** Milliseconds for the answer of a request under way, once the user wants to stop at once. */
const ANSWER_WITHIN = 2_000

/** `asked`: true once the user wants to stop. */
export function watchInterrupt(watched: InterruptedRun): {
  asked: () => boolean
  stop: () => void
} {
  const { host, gate } = watched
  let times = 0
  const stop = host.onInterrupt(() => {
    times += 1
    if (times === 1) {
      host.err('\nStopping after the step under way. Press Ctrl-C again to stop at once.\n')
      return
    }
    gate.shut()
    if (times > 2 || !gate.isUnderWay()) {
      endRun(watched)
      return
    }
    host.err('\nStopping at once: a request is under way, and has 2 s for its answer.\n')
    void Promise.race([gate.settled(), host.wait(ANSWER_WITHIN)]).then(() => {
      endRun(watched)
    })
  })
  return { asked: () => times > 0, stop }
}

function endRun({ host, progress, describeEnd, release }: InterruptedRun): void {
  host.err(lines(describeEnd(progress.ending())))
  release()
  host.exit(EXIT.interrupted)
}
