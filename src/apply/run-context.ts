/** What a run is given, and what it works with and keeps. */
import type { Plan } from '../documents/plan.generated.ts'
import type { Checking } from './check-mounts.ts'
import type { Ledger } from './ledger.ts'
import type { StepRun } from './run-step.ts'

/** How many steps a run carries out at the same time if nobody says. */
export const DEFAULT_PARALLELISM = 4

export interface RunOptions extends Pick<
  Checking,
  'client' | 'recorder' | 'environmentOf' | 'verify' | 'soak' | 'clock' | 'interrupted' | 'lockLost'
> {
  /** Seconds to wait for a leader, or for a node that is away. */
  readonly wait: number
  /** How many steps may be under way at the same time; at least 1. */
  readonly parallelism: number
  /** Entries an earlier run wrote and did not reload, as `plugin version`. */
  readonly written?: readonly string[]
  /** Before each step: finds out what `lockLost` says. */
  readonly lookAtLock: () => Promise<void>
}

/** What a run works with, and what it keeps. */
export interface RunContext {
  readonly run: StepRun
  readonly plan: Plan
  readonly options: RunOptions
  readonly ledger: Ledger
}
