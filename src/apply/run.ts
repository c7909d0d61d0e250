/**
 * Applies a plan: steps that need not wait for each other go beside each other. The first step that
 * fails ends the run, after its group was rolled back; a fault ends it where it stands. Decides
 * nothing that the plan does not say, and throws nothing: however it ends, what was done and what
 * was not begun is said.
 */
import type { Step } from '../documents/plan.generated.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { RunEnd, RunOutcome } from '../documents/run-outcome.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { findJoined, findStale, nodesJoined } from './preflight.ts'
import { lockLost } from './send-action.ts'
import { type FailedStep, failSteps } from './rollback/end-failed-steps.ts'
import { failureOf } from './failure.ts'
import { createLedger, idsOf, type Ledger } from './ledger.ts'
import { createRecentFacts } from './facts/recent-facts.ts'
import { readStateAfter } from './facts/state-after.ts'
import { findReadOnly } from './facts/read-only-mounts.ts'
import type { RunContext, RunOptions } from './run-context.ts'
import { recordIfPossible } from './recorder.ts'
import { runStep, type StepResult, type StepRun } from './run-step.ts'
import { scheduleSteps } from './schedule-steps.ts'
import { faultOf, isTokenEnded, stayedAway, staysBehind } from './stop-reasons.ts'

/**
 * Carries out a plan in the order that its steps give, and rolls back the group of a step that fails.
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
    recent: createRecentFacts(options.clock),
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
  const endings: Ending[] = []
  // A step that has sent nothing yet sends nothing once another one has failed.
  const stepRun = { ...run, interrupted: () => run.interrupted() || endings.length > 0 }
  const numbers = new Map(plan.steps.map((step, at) => [step, at + 1]))
  const scheduled = await scheduleSteps(plan.steps, {
    limit: limitSteps(options),
    mayBegin: async () => {
      await options.lookAtLock()
      return !run.interrupted()
    },
    carryOut: async (step) => {
      ledger.begin(step)
      const place = { number: numbers.get(step) ?? 0, of: plan.steps.length }
      const result = await runStep(stepRun, step, place)
      if (result.kind !== 'done') endings.push({ step, result })
      else ledger.finish(step, result)
      return result.kind === 'done'
    },
  }).catch((error: unknown) => ({ error }))
  const [ended, ...others] = endings
  if (ended !== undefined) return endOf(context, [ended, ...others])
  if (scheduled !== undefined) throw scheduled.error
  if (options.lockLost()) return stopped(context, lockLost())
  if (ledger.remaining().length > 0) return interruptedBetween(ledger)
  return (await whyNotDone(context)) ?? { kind: 'done', ...ledger.ended() }
}

/** How many steps may be under way: one once a server asked for fewer requests. */
function limitSteps({ client, parallelism, recorder }: RunOptions): () => number {
  let isSlow = false
  return () => {
    if (parallelism === 1 || client.busyWaits() === 0) return parallelism
    if (!isSlow) {
      isSlow = true
      const reason = 'a server limits requests or is busy: the steps go one at a time from here on'
      void recordIfPossible(() => recorder.waiting(reason))
    }
    return 1
  }
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

interface Ending {
  readonly step: Step
  readonly result: Exclude<StepResult, { kind: 'done' }>
}

/** `endings`: of the steps that were under way when the run ended and are not done. */
async function endOf(
  context: RunContext,
  endings: readonly [Ending, ...Ending[]],
): Promise<RunEnd> {
  const [failed, ...others] = endings.flatMap(failureIn)
  if (failed !== undefined) {
    // Of what was begun beside a step that failed nothing may stay that was not seen to be done.
    return failSteps(context, [failed, ...others, ...endings.flatMap(unseenAsFailure)])
  }
  const { step, result } = endings.reduce((a, b) => (rankOf(b) < rankOf(a) ? b : a))
  const unchecked = endings.flatMap(unseen)
  const { ledger, options } = context
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
      return stopped(context, await whyAway(context, result.reason), unchecked)
    case 'behind':
      return stopped(context, staysBehind(result.reason))
    case 'fault':
      return stopped(context, faultOf(result.error), unchecked)
    case 'failed': {
      const { failure, begun } = result
      return failSteps(context, [{ step, failure, begun }])
    }
  }
}

/** What matters most comes first. */
const RANKS = ['failed', 'fault', 'away', 'behind', 'stale', 'interrupted'] as const

function rankOf({ result }: Ending): number {
  return result.kind === 'fault' && isTokenEnded(result.error) ? -1 : RANKS.indexOf(result.kind)
}

/** A step that must be rolled back with its group. */
function failureIn({ step, result }: Ending): FailedStep[] {
  if (result.kind === 'failed') return [{ step, failure: result.failure, begun: result.begun }]
  if (result.kind !== 'fault') return []
  const { error, sent } = result
  // Nobody can roll back without a token: the next run does, or resumes.
  if (isTokenEnded(error)) return []
  const isRefusedReload = step.action.kind === 'reload' && sent === 'refused'
  const isBug = !(error instanceof LockstepError)
  // A reload that the server refused has left its mounts down; and a check that broke down passed
  // nothing, so that what was begun may not stay.
  if (!isRefusedReload && !(isBug && sent !== 'no')) return []
  const told = isRefusedReload && !isBug ? 'the server refused it' : faultOf(error).message
  return [{ step, failure: failureOf({ told: [told] }, [], new Map()), begun: true }]
}

function unseenAsFailure(ending: Ending): FailedStep[] {
  const { step, result } = ending
  if (unseen(ending).length === 0 || failureIn(ending).length > 0) return []
  const told = result.kind === 'away' ? result.reason : 'what came of it was not seen'
  return [{ step, failure: failureOf({ told: [told] }, [], new Map()), begun: true }]
}

/** Something threw that nobody saw coming: what was begun is all that is unknown. */
function stopAt(context: RunContext, error: unknown): RunEnd {
  return stopped(context, faultOf(error), context.ledger.underWay())
}

/** The step, if its request may have gone out and nobody saw what came of it. */
function unseen({ step, result }: Ending): Step[] {
  const isUnseen = (result.kind === 'away' || result.kind === 'fault') && result.sent !== 'no'
  return isUnseen ? [step] : []
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
