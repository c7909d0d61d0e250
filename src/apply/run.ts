/**
 * Applies a plan step by step. The first step that fails ends the run, after its group was put
 * back; a fault ends it where it stands. Decides nothing that the plan does not say, and throws
 * nothing: however it ends, what was done and what was not begun is said.
 */
import type { Plan, Step } from '../documents/plan.generated.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { LockstepError } from '../domain/errors.ts'
import type { Failure, RollbackFailed, RunEnd, RunOutcome } from '../documents/run-outcome.ts'
import type { Client } from '../server/client.ts'
import { findJoined, findStale, nodesJoined } from './before-first.ts'
import { lockLost, type Progress } from './carry-through.ts'
import { failureOf } from './failure.ts'
import { nobodyCouldLook, type NotBackYet } from './judge-undo.ts'
import type { EnvironmentOf } from './perform.ts'
import { putBack } from './put-back.ts'
import { findReadOnly } from './read-only.ts'
import type { Recorder } from './recorder.ts'
import { runStep, type StepResult, type StepRun, type VerifyReload } from './run-step.ts'

export interface RunOptions {
  readonly client: Client
  readonly recorder: Recorder
  readonly environmentOf: EnvironmentOf
  readonly verify: VerifyReload
  /** Seconds to wait after each reload before what it ensures is checked once more. */
  readonly soak: number
  /** Seconds to wait for a leader, or for a node that is away. */
  readonly wait: number
  /** A clock for durations only, in milliseconds. */
  readonly clock: () => number
  /** Entries an earlier run wrote and did not reload, as `plugin version`. */
  readonly written?: readonly string[]
  /** True once the user asked to stop: the step under way is finished, no other begun. */
  readonly interrupted: () => boolean
  /** True once the run may not go on, because another one may be. */
  readonly lockLost: () => boolean
  /** Before each step: finds out what `lockLost` says. */
  readonly lookAtLock: () => Promise<void>
}

/**
 * Carries out a plan, one step after the other, and puts back the group of a step that fails.
 * Faults of the cluster are outcomes; `wait` and `soak` are in seconds. Begins nothing where the
 * cluster is not as planned.
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunOutcome> {
  const run: StepRun = {
    ...options,
    nodes: plan.cluster.nodes.map((node) => node.address),
    patience: options.wait * 1000,
    waiting: options.recorder.waiting,
    followsActive: onlyActiveRuns(plan.cluster),
    written: new Set(options.written),
    backendless: new Map(),
    interrupted: () => options.interrupted() || options.lockLost(),
  }
  const end = await runSteps(run, plan, options)
  const readOnly = await findReadOnly(run)
  return readOnly.length === 0 ? end : { ...end, readOnly }
}

async function runSteps(run: StepRun, plan: Plan, options: RunOptions): Promise<RunEnd> {
  const unfit = await whyNotBegun(run, plan)
  if (unfit !== undefined) return unfit
  const done: Step[] = []
  let already = 0
  for (const [position, step] of plan.steps.entries()) {
    const remaining = ids(plan.steps.slice(position))
    await options.lookAtLock()
    if (options.lockLost())
      return { kind: 'stopped', error: lockLost(), done: ids(done), remaining }
    if (options.interrupted()) return { kind: 'interrupted', done: ids(done), remaining }
    const place = { number: position + 1, of: plan.steps.length }
    const result = await runStep(run, step, place)
    if (result.kind === 'done') {
      done.push(step)
      if (result.already) already += 1
    } else if (result.kind === 'interrupted' && options.lockLost()) {
      return { kind: 'stopped', error: lockLost(), done: ids(done), remaining }
    } else return endOf(run, plan, step, result, { done, remaining })
  }
  return (await whyNotDone(run, plan, ids(done))) ?? { kind: 'done', done: ids(done), already }
}

/** A node that joined meanwhile came up from whatever was configured then. */
async function whyNotDone(
  run: StepRun,
  plan: Plan,
  done: readonly string[],
): Promise<RunEnd | undefined> {
  const sofar = { done, remaining: [] }
  try {
    const joined = await findJoined(run, plan)
    if (joined.length === 0) return undefined
    const error = nodesJoined(joined, 'Every step was carried out, and none of them there.')
    return { kind: 'stopped', error, ...sofar }
  } catch (error) {
    return { kind: 'stopped', error: faultOf(error), ...sofar }
  }
}

async function whyNotBegun(run: StepRun, plan: Plan): Promise<RunEnd | undefined> {
  const sofar = { done: [], remaining: ids(plan.steps) }
  try {
    const joined = await findJoined(run, plan)
    if (joined.length > 0) {
      return { kind: 'stopped', error: nodesJoined(joined, 'Nothing was changed.'), ...sofar }
    }
    const stale = await findStale(run, plan.steps)
    return stale === undefined ? undefined : { kind: 'stale', ...stale, ...sofar }
  } catch (error) {
    return { kind: 'stopped', error: faultOf(error), ...sofar }
  }
}

interface SoFar {
  readonly done: readonly Step[]
  /** With the step that ended the run. */
  readonly remaining: readonly string[]
}

async function endOf(
  run: StepRun,
  plan: Plan,
  step: Step,
  result: Exclude<StepResult, { kind: 'done' }>,
  { done, remaining }: SoFar,
): Promise<RunEnd> {
  const sofar = { done: ids(done), remaining }
  switch (result.kind) {
    case 'interrupted':
      return { kind: 'interrupted', ...sofar }
    case 'stale':
      return { kind: 'stale', step: step.id, mismatches: result.mismatches, ...sofar }
    case 'away':
      // Nothing seen speaks against the new version, and where the run stands is a safe place to
      // stop at: to take back on a cluster that ails would only be more to go wrong.
      return stopped(step, await whyAway(run, plan, result.reason), result.sent, sofar)
    case 'failed':
      return fail(run, plan, step, result, { done, remaining })
    case 'fault': {
      const error = faultOf(result.error)
      // A reload that the server refused has left its mounts down, and nobody can put them back now.
      if (step.action.kind === 'reload' && result.sent === 'refused') {
        const touched = [...groupOf(step, done), step]
        const failure = failureOf({ told: ['the server refused it'] }, [], new Map())
        const left = nobodyCouldLook(touched, [step], error.message)
        return rollbackFailed(step, failure, left, { done, remaining: remaining.slice(1) })
      }
      return stopped(step, error, result.sent, sofar)
    }
  }
}

function stopped(
  step: Step,
  error: LockstepError,
  sent: Progress['sent'],
  sofar: { readonly done: readonly string[]; readonly remaining: readonly string[] },
): RunEnd {
  return { kind: 'stopped', error, ...(sent !== 'no' && { unchecked: step.id }), ...sofar }
}

async function fail(
  run: StepRun,
  plan: Plan,
  step: Step,
  { failure, sent }: StepResult & { readonly kind: 'failed' },
  { done, remaining }: SoFar,
): Promise<RunEnd> {
  const before = groupOf(step, done)
  const touched = sent ? [...before, step] : before
  const unsent = unsentBeside(step, plan).filter((one) => !touched.includes(one))
  const left = await putBack(run, step, { touched, unsent })
  const after = { done, remaining: remaining.slice(1) }
  if (left.kind === 'not_rolled_back') return rollbackFailed(step, failure, left, after)
  if (touched.length === 0) {
    return stopped(step, neverCameRound(failure), 'no', { done: ids(done), remaining })
  }
  return {
    kind: 'rolled_back',
    step: step.id,
    failure,
    done: ids(outsideGroup(step, done)),
    undone: ids(left.undone),
    remaining: after.remaining,
  }
}

function rollbackFailed(
  step: Step,
  failure: Failure,
  { problems, notBack, byHand, undone, notUndone }: NotBackYet,
  { done, remaining }: SoFar,
): RollbackFailed {
  return {
    kind: 'rollback_failed',
    step: step.id,
    failure,
    problems,
    not_rolled_back: notBack,
    by_hand: byHand,
    done: ids(outsideGroup(step, done)),
    undone: ids(undone),
    not_undone: ids(notUndone),
    remaining,
  }
}

/** What is put back with a step. */
function groupOf({ group }: Step, done: readonly Step[]): Step[] {
  return done.filter((one) => one.group === group)
}

/** The reloads of a step's group on its node, from the step on. */
function unsentBeside(step: Step, { steps }: Plan): Step[] {
  const { action, group } = step
  if (action.kind !== 'reload') return []
  return steps
    .slice(steps.indexOf(step))
    .filter(
      (one) =>
        one.group === group && one.action.kind === 'reload' && one.action.node === action.node,
    )
}

function outsideGroup({ group }: Step, done: readonly Step[]): Step[] {
  return done.filter((one) => one.group !== group)
}

function ids(steps: readonly Step[]): string[] {
  return steps.map(({ id }) => id)
}

/** The cluster is as planned, and one node does not say so of itself: nothing was sent to it. */
function neverCameRound({ reason, causes }: Failure): LockstepError {
  const [missing] = causes.flatMap((cause) => (cause.kind === 'missing_file' ? cause : []))
  if (missing !== undefined) {
    return new LockstepError({
      code: 'binary-missing',
      message: reason,
      hint: `Nothing was touched. Copy ${missing.file} to the plugin directory of ${missing.node}.`,
    })
  }
  return new LockstepError({
    code: 'node-behind',
    message: reason,
    hint: 'Nothing was touched. A node that keeps to this has missed a change: restart it, and it reads everything anew.',
  })
}

/** A node that joined was asked nothing, and no wait changes that. */
async function whyAway(run: StepRun, plan: Plan, reason: string): Promise<LockstepError> {
  const joined = await findJoined(run, plan).catch(() => [])
  return joined.length === 0
    ? stayedAway(reason)
    : nodesJoined(joined, 'The steps that were carried out were not carried out there.')
}

function stayedAway(reason: string): LockstepError {
  return new LockstepError({
    code: 'node-away',
    message: reason,
    hint: 'Bring the node back, then run this again; or wait longer for it with --wait.',
  })
}

/** A bug of ours must not hide what was done. */
function faultOf(error: unknown): LockstepError {
  if (error instanceof LockstepError) return error
  return new LockstepError({
    code: 'bug',
    message: `this is a bug in lockstep, please report it: ${String(error instanceof Error ? error.stack : error)}`,
    cause: error,
  })
}
