/**
 * Runs the steps of a plan; those that need not wait for each other run at the same time. The first
 * step that fails ends the run, after its group was rolled back. An exception ends the run as it is.
 * Decides nothing that the plan leaves open. Never throws: however a run ends, its outcome says what
 * was done and what was not begun.
 */
import type { Step } from '../documents/plan.generated.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { RunEnd, RunOutcome } from '../documents/run-outcome.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { findMemberChanges, type MemberChanges, nodesJoined } from './member-changes.ts'
import { findStale } from './preflight.ts'
import { lockLost } from './send-action.ts'
import { type FailedStep, failSteps } from './rollback/end-failed-steps.ts'
import { explainFailure } from './failure.ts'
import { idsOf, type Ledger } from './ledger.ts'
import { readStateAfter } from './facts/state-after.ts'
import { findReadOnly } from './facts/read-only-mounts.ts'
import { createRunContext, type RunContext, type RunOptions } from './run-context.ts'
import { runStep, type StepResult } from './run-step.ts'
import { scheduleSteps } from './schedule-steps.ts'
import { faultOf, isTokenEnded, stayedAway, staysBehind } from './stop-reasons.ts'

/**
 * Runs a plan in the order that its steps give, and rolls back the group of a step that fails. Begins
 * nothing if the cluster is not as planned. Never throws, whatever its collaborators do.
 */
export async function runPlan(plan: FreshPlan, options: RunOptions): Promise<RunOutcome> {
  const run = createRunContext(plan, options)
  const end = await runSteps(run).catch((error: unknown) => endByException(run, error))
  const isDone = end.kind === 'done'
  const readOnly = await findReadOnly(run).catch(() => [])
  const atEnd = await readStateAfter(run, { mounts: !isDone }).catch(() => undefined)
  return {
    ...withBetween(end, atEnd?.differing.length ?? 0),
    ...(readOnly.length > 0 && { readOnly }),
    ...(atEnd !== undefined && { atEnd }),
  }
}

async function runSteps(run: RunContext): Promise<RunEnd> {
  const { plan, ledger, stop } = run
  const unfit = await checkBeforeRun(run)
  if (unfit !== undefined) return unfit
  const endings: Ending[] = []
  const numbers = new Map(plan.steps.map((step, at) => [step, at + 1]))
  const scheduled = await scheduleSteps(plan.steps, {
    limit: limitSteps(run),
    mayBegin: async () => {
      await stop.checkLock()
      return stop.mayBegin()
    },
    carryOut: async (step) => {
      ledger.begin(step)
      const position = { number: numbers.get(step) ?? 0, of: plan.steps.length }
      const result = await runStep(run, step, position)
      if (result.kind === 'done') {
        ledger.finish(step, result)
        return true
      }
      endings.push({ step, result })
      stop.reportFailedStep()
      return false
    },
  }).catch((error: unknown) => ({ error }))
  const [ended, ...others] = endings
  if (ended !== undefined) return endRun(run, [ended, ...others])
  if (scheduled !== undefined) throw scheduled.error
  if (stop.isLockLost()) return stopRun(run, lockLost())
  if (ledger.remaining().length > 0) return interruptedBetween(ledger)
  return (await checkAfterRun(run)) ?? { kind: 'done', ...ledger.ended() }
}

/** Returns how many steps may be under way: one, after a server asked for fewer requests. */
function limitSteps({ client, parallelism, reportWait }: RunContext): () => number {
  let isSlow = false
  return () => {
    if (parallelism === 1 || client.busyWaits() === 0) return parallelism
    if (!isSlow) {
      isSlow = true
      const reason = 'a server limits requests or is busy: the steps go one at a time from here on'
      void reportWait(reason)
    }
    return 1
  }
}

async function checkBeforeRun(run: RunContext): Promise<RunEnd | undefined> {
  const { ledger } = run
  const { joined } = await findMemberChanges(run)
  if (joined.length > 0) return stopRun(run, nodesJoined(joined, 'Nothing was changed.'))
  const stale = await findStale(run)
  if (stale === undefined) return undefined
  return { kind: 'stale', ...stale, ...ledger.ended(), remaining: ledger.remaining() }
}

/** A node that joined during the run started whatever was configured at that moment. */
async function checkAfterRun(run: RunContext): Promise<RunEnd | undefined> {
  const { joined } = await findMemberChanges(run)
  if (joined.length === 0) return undefined
  return stopRun(run, nodesJoined(joined, 'Every step was carried out, and none of them there.'))
}

interface Ending {
  readonly step: Step
  readonly result: Exclude<StepResult, { kind: 'done' }>
}

/** `endings`: the steps that were under way when the run ended, and are not done. */
async function endRun(run: RunContext, endings: readonly [Ending, ...Ending[]]): Promise<RunEnd> {
  const [failed, ...others] = endings.flatMap(failureIn)
  if (failed !== undefined) {
    // A step that ran beside a failed step and was not seen to be done is rolled back too.
    return failSteps(run, [failed, ...others, ...endings.flatMap(unseenAsFailure)])
  }
  const { step, result } = endings.reduce((a, b) => (rankOf(b) < rankOf(a) ? b : a))
  const unchecked = endings.flatMap(findUnseen)
  const { ledger, stop } = run
  switch (result.kind) {
    case 'interrupted':
      return stop.isLockLost() ? stopRun(run, lockLost()) : interruptedBetween(ledger)
    case 'stale': {
      const { mismatches } = result
      const remaining = ledger.remaining()
      return { kind: 'stale', step: step.id, mismatches, ...ledger.ended(), remaining }
    }
    case 'away':
      // No check of the new version failed, and it is safe to stop here. A rollback while a node does
      // not answer would only add a risk.
      return stopRun(run, await explainAway(run, result.reason), unchecked)
    case 'behind':
      return stopRun(run, staysBehind(result.reason))
    case 'fault':
      return stopRun(run, faultOf(result.error), unchecked)
    case 'failed': {
      const { failure, begun } = result
      return failSteps(run, [{ step, failure, begun }])
    }
  }
}

/** The kinds of endings, the one that decides how the run ends first. */
const RANKS = ['failed', 'fault', 'away', 'behind', 'stale', 'interrupted'] as const

function rankOf({ result }: Ending): number {
  return result.kind === 'fault' && isTokenEnded(result.error) ? -1 : RANKS.indexOf(result.kind)
}

/** Returns the step if it must be rolled back with its group. */
function failureIn({ step, result }: Ending): FailedStep[] {
  if (result.kind === 'failed') return [{ step, failure: result.failure, begun: result.begun }]
  if (result.kind !== 'fault') return []
  const { error, sent } = result
  // Without a token nothing can be rolled back. The next run rolls back, or resumes.
  if (isTokenEnded(error)) return []
  const isRefusedReload = step.action.kind === 'reload' && sent === 'refused'
  const isBug = !(error instanceof LockstepError)
  // A refused reload has left its mounts down. And a bug in a check means that the check did not
  // pass, so the step may not stay.
  if (!isRefusedReload && !(isBug && sent !== 'no')) return []
  const reason = isRefusedReload && !isBug ? 'the server refused it' : faultOf(error).message
  return [{ step, failure: explainFailure({ reasons: [reason] }, [], new Map()), begun: true }]
}

function unseenAsFailure(ending: Ending): FailedStep[] {
  const { step, result } = ending
  if (findUnseen(ending).length === 0 || failureIn(ending).length > 0) return []
  const reason = result.kind === 'away' ? result.reason : 'its effect was not seen'
  return [{ step, failure: explainFailure({ reasons: [reason] }, [], new Map()), begun: true }]
}

/** After an unexpected exception, only the steps that were under way are unknown. */
function endByException(run: RunContext, error: unknown): RunEnd {
  return stopRun(run, faultOf(error), run.ledger.underWay())
}

/** Returns the step if its request may have been sent and its effect was not seen. */
function findUnseen({ step, result }: Ending): Step[] {
  const isUnseen = (result.kind === 'away' || result.kind === 'fault') && result.sent !== 'no'
  return isUnseen ? [step] : []
}

function stopRun(
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

/** `differing`: how many mounts run another version than the rest. */
function withBetween(end: RunEnd, differing: number): RunEnd {
  if (end.kind !== 'stopped') return end
  const between = (end.between || differing > 0) && end.error.exitCode === EXIT.error
  return { ...end, between }
}

function interruptedBetween(ledger: Ledger): RunEnd {
  return { kind: 'interrupted', unchecked: [], ...ledger.ended(), remaining: ledger.remaining() }
}

/** The run does not wait for a node that joined, or that came back at another address. */
async function explainAway(run: RunContext, reason: string): Promise<LockstepError> {
  const { joined, moved } = await findMemberChanges(run).catch((): MemberChanges => ({
    joined: [],
    moved: [],
  }))
  return joined.length === 0
    ? stayedAway(reason, moved)
    : nodesJoined(joined, 'The steps that were carried out were not carried out there.')
}
