/**
 * Tells what a run does, line by line, before and after each request: to the journal first, which
 * is on disk before the request goes out, then to whoever watches.
 */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import type { Action, Plan, Step } from '../documents/plan.generated.ts'
import { unreachable } from '../domain/errors.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import { describeMismatch } from './facts/mismatch.ts'
import type { StateBefore } from '../journal/state-before.ts'

/** What a record says was seen to pass; absent of steps that no mount is reloaded or checked by. */
export type Passed = NonNullable<(JournalEvent & { readonly event: 'step_done' })['passed']>

export interface Recorder {
  /** `before`: what the cluster was found as. */
  readonly runStarted: (plan: Plan, before: StateBefore) => Promise<void>
  readonly stepStarted: (step: Step, number: number, of: number) => Promise<void>
  /** `passed`: what a later run need not check once more. */
  readonly stepDone: (step: Step, outcome: 'done' | 'already', passed?: Passed) => Promise<void>
  /** `unseen`: its node could not be looked at, so that nothing is known of what came of it. */
  readonly stepFailed: (
    step: Step,
    reason: string,
    how?: { readonly unseen: boolean },
  ) => Promise<void>
  readonly undoStarted: (step: Step, action: Action) => Promise<void>
  readonly undoDone: (step: Step) => Promise<void>
  readonly undoFailed: (step: Step, reason: string) => Promise<void>
  readonly waiting: (reason: string) => Promise<void>
  readonly runEnded: (outcome: RunOutcome) => Promise<void>
}

type Sink = (event: JournalEvent) => void | Promise<void>

export interface RecorderOptions {
  /** The run's id. */
  readonly run: string
  /** `user@host`, with the process id. */
  readonly by: string
  /** Of a rollback: the run to whose beginning it goes back. */
  readonly backTo?: string
  /** The id of the plan file that the run carries out. */
  readonly savedPlanId?: string
  readonly now: () => Date
  /** Called one after the other; each must have happened before the run goes on. */
  readonly sinks: readonly Sink[]
  /** Told after them. One that throws is not told again, and ends no run. */
  readonly watchers?: readonly Sink[]
}

type Unstamped = JournalEvent extends infer Event
  ? Event extends JournalEvent
    ? Omit<Event, 'at' | 'run'>
    : never
  : never

export function createRecorder(options: RecorderOptions): Recorder {
  const { run, by, backTo, savedPlanId, now, sinks } = options
  const watching = new Set(options.watchers)
  const tell = async (event: Unstamped): Promise<void> => {
    const { event: name, ...rest } = event
    const stamped = { event: name, at: now().toISOString(), run, ...rest } as JournalEvent
    for (const sink of sinks) await sink(stamped)
    for (const watcher of watching) {
      try {
        await watcher(stamped)
      } catch {
        watching.delete(watcher)
      }
    }
  }
  return {
    runStarted: (plan, before) =>
      tell({
        event: 'run_started',
        format: 1,
        plan_id: plan.plan_id,
        ...(savedPlanId !== undefined && { saved_plan_id: savedPlanId }),
        cluster: clusterOf(plan),
        steps: plan.steps.length,
        ...(backTo !== undefined && { back_to: backTo }),
        by,
        before,
      }),
    stepStarted: ({ id, action, undo, restores }, number, of) =>
      tell({ event: 'step_started', step: id, number, of, action, undo, restores }),
    stepDone: ({ id }, outcome, passed) =>
      tell({ event: 'step_done', step: id, outcome, ...(passed !== undefined && { passed }) }),
    stepFailed: ({ id }, reason, how) =>
      tell({
        event: 'step_failed',
        step: id,
        reason,
        ...(how?.unseen === true && { unseen: true as const }),
      }),
    undoStarted: ({ id }, action) => tell({ event: 'undo_started', step: id, action }),
    undoDone: ({ id }) => tell({ event: 'undo_done', step: id }),
    undoFailed: ({ id }, reason) => tell({ event: 'undo_failed', step: id, reason }),
    waiting: (reason) => tell({ event: 'run_waiting', reason }),
    runEnded: (outcome) =>
      tell({
        event: 'run_ended',
        outcome: outcome.kind,
        done: [...outcome.done],
        rolled_back: 'rolled_back' in outcome ? [...outcome.rolled_back] : [],
        remaining: 'remaining' in outcome ? [...outcome.remaining] : [],
        ...reasonOf(outcome),
        ...listed('already', outcome.already),
        ...listed('unchecked', 'unchecked' in outcome ? outcome.unchecked : []),
        ...('step' in outcome && outcome.kind !== 'stale' && { failed: outcome.step }),
        ...(outcome.kind === 'stopped' && outcome.between && { between: true as const }),
        ...(outcome.readOnly !== undefined && { read_only: [...outcome.readOnly] }),
        ...awayOf(outcome),
        ...(outcome.kind === 'rollback_failed' && {
          not_rolled_back: [...outcome.not_rolled_back],
          problems: outcome.problems.reason,
          mounts_not_rolled_back: [...outcome.mounts_not_rolled_back],
        }),
      }),
  }
}

/**
 * For what must be done whether or not it can be recorded: a mount that is down is rolled back also
 * where the disk is full.
 */
export async function recordIfPossible(tell: () => Promise<void>): Promise<void> {
  try {
    await tell()
  } catch {
    // The next line that must be recorded says so.
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

function listed<Name extends string>(
  name: Name,
  ids: readonly string[],
): Partial<Record<Name, string[]>> {
  return ids.length === 0 ? {} : ({ [name]: [...ids] } as Record<Name, string[]>)
}

function awayOf({ atEnd }: RunOutcome): Pick<JournalEvent & { event: 'run_ended' }, 'away'> {
  const away = atEnd?.away ?? []
  return away.length === 0 ? {} : { away: away.map(({ node, why }) => ({ node, why })) }
}

function clusterOf({ cluster: { id, name, lock } }: Plan): RunStarted['cluster'] {
  return { id, name, ...(lock !== undefined && { lock }) }
}
