/**
 * Tells what a run does, line by line, before and after each request: to the journal first, which
 * is on disk before the request goes out, then to whoever watches.
 */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import type { Action, Plan, Step } from '../documents/plan.generated.ts'
import { LockstepError, unreachable } from '../domain/errors.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import { describeMismatch } from './mismatch.ts'
import type { StateBefore } from './state-before.ts'

export interface Recorder {
  /** `before`: what the cluster was found as. */
  readonly runStarted: (plan: Plan, before: StateBefore) => Promise<void>
  readonly stepStarted: (step: Step, number: number, of: number) => Promise<void>
  readonly stepDone: (step: Step, outcome: 'done' | 'already') => Promise<void>
  readonly stepFailed: (step: Step, reason: string) => Promise<void>
  readonly undoStarted: (step: Step, action: Action) => Promise<void>
  readonly undoDone: (step: Step) => Promise<void>
  readonly undoFailed: (step: Step, reason: string) => Promise<void>
  readonly waiting: (reason: string) => Promise<void>
  readonly runEnded: (outcome: RunOutcome) => Promise<void>
}

export interface RecorderOptions {
  /** The run's id. */
  readonly run: string
  /** `user@host`, with the process id. */
  readonly by: string
  /** Of a rollback: the run to whose beginning it goes back. */
  readonly backTo?: string
  readonly now: () => Date
  /** Called one after the other; each must have happened before the run goes on. */
  readonly sinks: readonly ((event: JournalEvent) => void | Promise<void>)[]
}

type Unstamped = JournalEvent extends infer Event
  ? Event extends JournalEvent
    ? Omit<Event, 'at' | 'run'>
    : never
  : never

export function createRecorder({ run, by, backTo, now, sinks }: RecorderOptions): Recorder {
  const tell = async (event: Unstamped): Promise<void> => {
    const { event: name, ...rest } = event
    const stamped = { event: name, at: now().toISOString(), run, ...rest } as JournalEvent
    for (const sink of sinks) await sink(stamped)
  }
  return {
    runStarted: (plan, before) =>
      tell({
        event: 'run_started',
        plan_id: plan.plan_id,
        cluster: clusterOf(plan),
        steps: plan.steps.length,
        ...(backTo !== undefined && { back_to: backTo }),
        by,
        before,
      }),
    stepStarted: ({ id, action, undo, restores }, number, of) =>
      tell({ event: 'step_started', step: id, number, of, action, undo, restores }),
    stepDone: ({ id }, outcome) => tell({ event: 'step_done', step: id, outcome }),
    stepFailed: ({ id }, reason) => tell({ event: 'step_failed', step: id, reason }),
    undoStarted: ({ id }, action) => tell({ event: 'undo_started', step: id, action }),
    undoDone: ({ id }) => tell({ event: 'undo_done', step: id }),
    undoFailed: ({ id }, reason) => tell({ event: 'undo_failed', step: id, reason }),
    waiting: (reason) => tell({ event: 'run_waiting', reason }),
    runEnded: (outcome) =>
      tell({
        event: 'run_ended',
        outcome: outcome.kind,
        done: [...outcome.done],
        undone: 'undone' in outcome ? [...outcome.undone] : [],
        remaining: 'remaining' in outcome ? [...outcome.remaining] : [],
        ...reasonOf(outcome),
        ...(outcome.readOnly !== undefined && { read_only: [...outcome.readOnly] }),
        ...(outcome.kind === 'rollback_failed' && {
          not_undone: [...outcome.not_undone],
          problems: outcome.problems.reason,
          not_rolled_back: [...outcome.not_rolled_back],
        }),
      }),
  }
}

/**
 * For what must be done whether or not it can be recorded: a mount that is down is put back also
 * where the disk is full.
 */
export async function recordIfPossible(told: Promise<void>): Promise<void> {
  try {
    await told
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
  }
}

function reasonOf(outcome: RunOutcome): { readonly reason?: string } {
  switch (outcome.kind) {
    case 'rolled_back':
    case 'rollback_failed':
      return { reason: outcome.failure.reason }
    case 'stopped':
      return { reason: outcome.error.message }
    case 'stale':
      return { reason: outcome.mismatches.map(describeMismatch).join('; ') }
    case 'done':
    case 'interrupted':
      return {}
    default:
      return unreachable(outcome)
  }
}

function clusterOf({ cluster: { id, name, lock } }: Plan): RunStarted['cluster'] {
  return { id, name, ...(lock !== undefined && { lock }) }
}
