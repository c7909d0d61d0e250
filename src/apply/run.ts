/**
 * Applies a plan step by step. The first step that fails ends the run, after its group was rolled
 * back; a fault ends it where it stands. Decides nothing that the plan does not say, and throws
 * nothing: however it ends, what was done and what was not begun is said.
 */
import type { Step } from '../documents/plan.generated.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { RunEnd, RunOutcome } from '../documents/run-outcome.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { findJoined, findStale, nodesJoined } from './preflight.ts'
import { lockLost } from './send-action.ts'
import { failStep } from './rollback/end-failed-step.ts'
import { failureOf } from './failure.ts'
import { createLedger, idsOf, type Ledger } from './ledger.ts'
import { readStateAfter } from './facts/state-after.ts'
import { findReadOnly } from './facts/read-only-mounts.ts'
import type { RunContext, RunOptions } from './run-context.ts'
import { runStep, type StepResult, type StepRun } from './run-step.ts'
import { faultOf, isTokenEnded, stayedAway, staysBehind } from './stop-reasons.ts'

/**
 * Carries out a plan, one step after the other, and rolls back the group of a step that fails.
 * Faults of the cluster are outcomes; `wait` and `soak` are in seconds. Begins nothing where the
 * cluster is not as planned. Never throws, whatever its collaborators do.
 */
export async function runPlan(plan: FreshPlan, options: RunOptions): Promise<RunOutcome> {
  const interrupted = (): boolean => options.interrupted() || options.lockLost()
  const run: StepRun = {
    ...options,
    nodes: plan.cluster.nodes.map((node) => node.address),
    patience: options.wait * 1000,
    waiting: options.recorder.waiting,
    followsActive: onlyActiveRuns(plan.cluster),
    written: new Set(options.written),
    backendless: new Map(),
    interrupted,
    endSoak: interrupted,
  }
  const context = { run, plan, options, ledger: createLedger(plan) }
  const end = await runSteps(context).catch((error: unknown) => stopAt(context, error))
  const isDone = end.kind === 'done'
  const readOnly = await findReadOnly(run).catch(() => [])
  const atEnd = await readStateAfter(run, plan, { mounts: !isDone }).catch(() => undefined)
  return {
    ...withBetween(end, atEnd?.differing.length ?? 0),
    ...(readOnly.length > 0 && { readOnly }),
    ...(atEnd !== undefined && { atEnd }),
  }
}

async function runSteps(context: RunContext): Promise<RunEnd> {
  const { run, plan, options, ledger } = context
  const unfit = await whyNotBegun(context)
  if (unfit !== undefined) return unfit
  for (const [position, step] of plan.steps.entries()) {
    await options.lookAtLock()
    if (options.lockLost()) return stopped(context, lockLost())
    if (options.interrupted()) return interruptedBetween(ledger)
    ledger.begin(step)
    const place = { number: position + 1, of: plan.steps.length }
    const result = await runStep(run, step, place)
    if (result.kind !== 'done') return await endOf(context, step, result)
    ledger.finish(step, result)
  }
  return (await whyNotDone(context)) ?? { kind: 'done', ...ledger.ended() }
}

/** A node that joined meanwhile came up from whatever was configured then. */
async function whyNotDone(context: RunContext): Promise<RunEnd | undefined> {
  const joined = await findJoined(context.run, context.plan)
  if (joined.length === 0) return undefined
  return stopped(
    context,
    nodesJoined(joined, 'Every step was carried out, and none of them there.'),
  )
}

async function whyNotBegun(context: RunContext): Promise<RunEnd | undefined> {
  const { run, plan, ledger } = context
  const joined = await findJoined(run, plan)
  if (joined.length > 0) return stopped(context, nodesJoined(joined, 'Nothing was changed.'))
  const stale = await findStale(run, plan.steps)
  if (stale === undefined) return undefined
  return { kind: 'stale', ...stale, ...ledger.ended(), remaining: ledger.remaining() }
}

async function endOf(
  context: RunContext,
  step: Step,
  result: Exclude<StepResult, { kind: 'done' }>,
): Promise<RunEnd> {
  const { options, ledger } = context
  switch (result.kind) {
    case 'interrupted':
      return options.lockLost() ? stopped(context, lockLost()) : interruptedBetween(ledger)
    case 'stale': {
      const { mismatches } = result
      const remaining = ledger.remaining()
      return { kind: 'stale', step: step.id, mismatches, ...ledger.ended(), remaining }
    }
    case 'away':
      // Nothing seen speaks against the new version, and where the run stands is a safe place to
      // stop at: to roll back on a cluster that ails would only be more to go wrong.
      return stopped(context, await whyAway(context, result.reason), unseen(step, result))
    case 'behind':
      return stopped(context, staysBehind(result.reason))
    case 'failed':
      return failStep(context, step, result)
    case 'fault':
      return endOfFault(context, step, result)
  }
}

async function endOfFault(
  context: RunContext,
  step: Step,
  result: StepResult & { readonly kind: 'fault' },
): Promise<RunEnd> {
  const { error, sent } = result
  // Nobody can roll back without a token: the next run does, or goes on.
  if (isTokenEnded(error)) return stopped(context, error, unseen(step, result))
  const isRefusedReload = step.action.kind === 'reload' && sent === 'refused'
  const isBug = !(error instanceof LockstepError)
  // A reload that the server refused has left its mounts down; and a check that broke down passed
  // nothing, so that what was begun may not stay.
  if (isRefusedReload || (isBug && sent !== 'no')) {
    const told = isRefusedReload && !isBug ? 'the server refused it' : faultOf(error).message
    const failure = failureOf({ told: [told] }, [], new Map())
    return failStep(context, step, { failure, begun: true })
  }
  return stopped(context, faultOf(error), unseen(step, result))
}

/** Something threw that nobody saw coming: what was begun by then is all that is unknown. */
function stopAt(context: RunContext, error: unknown): RunEnd {
  const underWay = context.ledger.underWay()
  return stopped(context, faultOf(error), underWay === undefined ? [] : [underWay])
}

function unseen(step: Step, { sent }: Pick<StepResult & { kind: 'away' }, 'sent'>): Step[] {
  return sent === 'no' ? [] : [step]
}

function stopped(
  { ledger }: RunContext,
  error: LockstepError,
  unchecked: readonly Step[] = [],
): RunEnd {
  return {
    kind: 'stopped',
    error,
    unchecked: idsOf(unchecked),
    between: unchecked.length > 0 || ledger.hasWritten(),
    ...ledger.ended(),
    remaining: ledger.remaining(unchecked),
  }
}

/** `differing`: how many mounts do not run what others run. */
function withBetween(end: RunEnd, differing: number): RunEnd {
  if (end.kind !== 'stopped') return end
  const between = (end.between || differing > 0) && end.error.exitCode === EXIT.error
  return { ...end, between }
}

function interruptedBetween(ledger: Ledger): RunEnd {
  return { kind: 'interrupted', unchecked: [], ...ledger.ended(), remaining: ledger.remaining() }
}

/** A node that joined was asked nothing, and no wait changes that. */
async function whyAway({ run, plan }: RunContext, reason: string): Promise<LockstepError> {
  const joined = await findJoined(run, plan).catch(() => [])
  return joined.length === 0
    ? stayedAway(reason)
    : nodesJoined(joined, 'The steps that were carried out were not carried out there.')
}
