/**
 * Handles Ctrl-C while a plan is carried out. The first lets the steps under way finish. The second
 * sends no other request, waits up to two seconds for the answer of a request under way, and ends
 * the process. The third ends it at once. The token of a login is revoked before, within two
 * seconds; another Ctrl-C does not wait for that.
 */
import type { ActiveRun } from '../operations/apply-plan.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import { EXIT } from '../domain/errors.ts'
import { lines } from '../domain/printable.ts'
import type { Context } from '../operations/context.ts'
import type { Host } from './host/host.ts'
import type { Progress } from './progress.ts'

export interface InterruptedRun {
  readonly host: Host
  readonly run: ActiveRun
  readonly describeEnd: (outcome: RunOutcome) => string
  /** What is drawn of the run: it may keep what is written to stderr until it ends. */
  readonly progress: Pick<Progress, 'notify' | 'end'>
  readonly login: Context['login']
}

/** Milliseconds to wait for the answer of a request under way at the second Ctrl-C. */
const ANSWER_TIME_LIMIT = 2_000

/** Starts watching. Returns a function that stops it. */
export function watchInterrupt(watched: InterruptedRun): () => void {
  const { host, run, progress } = watched
  const tell = (text: string): void => {
    host.err(lines('', text))
    progress.notify?.(text)
  }
  let isEnding = false
  const end = (): void => {
    if (isEnding) return
    isEnding = true
    endRun(watched)
  }
  // The list of steps keeps what is written until it has ended.
  const endDrawn = (): void => void progress.end().then(end, end)
  let times = 0
  return host.onInterrupt(() => {
    times += 1
    if (times === 1) {
      run.stop()
      tell('Stopping after the step under way. Press Ctrl-C again to stop at once.')
      return
    }
    run.shut()
    if (isEnding) host.exit(EXIT.interrupted)
    else if (times > 2) end()
    else if (!run.isUnderWay()) endDrawn()
    else {
      tell('Stopping at once: a request is under way, and has 2 s for its answer.')
      void Promise.race([run.settled(), host.wait(ANSWER_TIME_LIMIT)]).then(endDrawn)
    }
  })
}

function endRun({ host, run, describeEnd, login }: InterruptedRun): void {
  host.err(lines(describeEnd(run.ending())))
  run.release()
  const exit = (): void => {
    host.exit(EXIT.interrupted)
  }
  if (login === undefined) exit()
  else void login.abandon().then(exit, exit)
}
