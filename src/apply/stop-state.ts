/**
 * Keeps whether a run may begin more steps. One object for the whole run: every step asks it before
 * it begins, and a step that fails reports that to it.
 */

export interface StopState {
  /** False once nothing more may begin: the user or the lock ended the run, or a step failed. */
  readonly mayBegin: () => boolean
  /** True once the user asked the run to stop, or its lock is lost. */
  readonly mustStop: () => boolean
  /** True once nothing may be written, because another run may be writing. */
  readonly isLockLost: () => boolean
  /** Asks the cluster whether the lock is still held; `isLockLost` says it afterwards. */
  readonly checkLock: () => Promise<void>
  readonly reportFailedStep: () => void
}

export interface StopSources {
  /** True once the user asked the run to stop. */
  readonly interrupted: () => boolean
  readonly lockLost: () => boolean
  readonly checkLock: () => Promise<void>
}

export function createStopState({ interrupted, lockLost, checkLock }: StopSources): StopState {
  let hasFailedStep = false
  const mustStop = (): boolean => interrupted() || lockLost()
  return {
    mayBegin: () => !hasFailedStep && !mustStop(),
    mustStop,
    isLockLost: lockLost,
    checkLock,
    reportFailedStep: () => {
      hasFailedStep = true
    },
  }
}
