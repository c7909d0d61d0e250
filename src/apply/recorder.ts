/**
 * Records what a run does, before and after each request: first in the journal, which is on disk
 * before the request is sent, then for the watchers of the run.
 */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import type { Action, Plan, Step } from '../documents/plan.generated.ts'
import { unreachable } from '../domain/errors.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import { describeMismatch } from './facts/mismatch.ts'
import type { StateBefore } from '../journal/state-before.ts'

/** What was checked and passed. Only steps that reload or check mounts have it. */
export type Passed = NonNullable<(JournalEvent & { readonly event: 'step_done' })['passed']>

export interface Recorder {
  /** `before`: the state of the cluster when the run began. */
  readonly runStarted: (plan: Plan, before: StateBefore) => Promise<void>
  readonly stepStarted: (step: Step, number: number, of: number) => Promise<void>
  /** `passed`: what a later run need not check again. */
  readonly stepDone: (step: Step, outcome: 'done' | 'already', passed?: Passed) => Promise<void>
  /** `unseen`: the node could not be read, so the effect of the step is unknown. */
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
  /** For a rollback: the run to whose beginning it returns. */
  readonly backTo?: string
  /** The id of the plan file that the run carries out. */
  readonly savedPlanId?: string
  readonly now: () => Date
  /** Called one after the other. The run waits until all of them have returned. */
  readonly sinks: readonly Sink[]
  /** Called after the sinks. A watcher that throws is not called again; the run continues. */
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
  const record = async (event: Unstamped): Promise<void> => {
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
      record({
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
      record({ event: 'step_started', step: id, number, of, action, undo, restores }),
    stepDone: ({ id }, outcome, passed) =>
      record({ event: 'step_done', step: id, outcome, ...(passed !== undefined && { passed }) }),
    stepFailed: ({ id }, reason, how) =>
      record({
        event: 'step_failed',
        step: id,
        reason,
        ...(how?.unseen === true && { unseen: true as const }),
      }),
    undoStarted: ({ id }, action) => record({ event: 'undo_started', step: id, action }),
    undoDone: ({ id }) => record({ event: 'undo_done', step: id }),
    undoFailed: ({ id }, reason) => record({ event: 'undo_failed', step: id, reason }),
    waiting: (reason) => record({ event: 'run_waiting', reason }),
    runEnded: (outcome) =>
      record({
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
 * For what must be done even if it cannot be recorded: a mount that is down is rolled back also when
 * the disk is full.
 */
export async function recordIfPossible(record: () => Promise<void>): Promise<void> {
  try {
    await record()
  } catch {
    // The next line that must be recorded throws again.
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

function clusterOf({ cluster }: Plan): RunStarted['cluster'] {
  const { id, name, lock, journal } = cluster
  const nodes = cluster.nodes.map(({ role: _role, state: _state, ...node }) => node)
  return {
    ...{ id, name },
    ...(lock !== undefined && { lock }),
    ...(journal !== undefined && { journal }),
    nodes,
  }
}
