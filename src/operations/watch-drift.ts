/**
 * Checks for drift again and again. Knows no terminal and no network: the caller gives the check,
 * the clock and the waits. A check that throws is a round that failed, and the next round follows.
 */
import type { DriftReport } from '../documents/drift.generated.ts'
import { LockstepError } from '../domain/errors.ts'
import type { World } from './world.ts'

interface RoundTimes {
  readonly began: Date
  /** Seconds. */
  readonly duration: number
}

export type Round =
  | (RoundTimes & { readonly kind: 'reported'; readonly report: DriftReport })
  | (RoundTimes & {
      readonly kind: 'failed'
      /** The code of the error; `bug` if it is a mistake of this program. */
      readonly cause: string
      readonly message: string
      readonly details: readonly string[]
      readonly hint: string | undefined
    })

export interface DriftWatch {
  /** Seconds from the beginning of one round to the beginning of the next. */
  readonly interval: number
  readonly check: () => Promise<DriftReport>
  readonly onRound: (round: Round) => void
  /** Ends the watch. A check under way is not waited for, and its result is dropped. */
  readonly stopped: AbortSignal
}

/** Returns when it is stopped. The first round begins at once, and two rounds never overlap. */
export async function watchDrift(
  { interval, check, onRound, stopped }: DriftWatch,
  { now, wait }: Pick<World, 'now' | 'wait'>,
): Promise<void> {
  const isStopped = (): boolean => stopped.aborted
  while (!isStopped()) {
    const began = now()
    const result = await orStop(
      check().then(
        (report) => ({ kind: 'reported' as const, report }),
        (error: unknown) => describeFailure(error),
      ),
      stopped,
    )
    if (result === undefined || isStopped()) return
    const elapsed = Math.max(0, now().getTime() - began.getTime())
    onRound({ began, duration: elapsed / 1000, ...result })
    const period = interval * 1000
    // A round that takes longer than the interval is followed by a pause, too.
    await orStop(wait(period - (elapsed % period)), stopped)
  }
}

function describeFailure(error: unknown) {
  if (error instanceof LockstepError) {
    const { code: cause, message, details, hint } = error
    return { kind: 'failed' as const, cause, message, details, hint }
  }
  return {
    kind: 'failed' as const,
    cause: 'bug',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    details: [],
    hint: 'This is a bug in lockstep, please report it.',
  }
}

/**
 * The value of a promise; undefined if the signal comes first. Leaves nothing behind on the signal,
 * which lives as long as the program.
 */
function orStop<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      resolve(undefined)
    }
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop)
    })
  })
}
