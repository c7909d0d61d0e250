/**
 * Runs one step: reads what the step requires, records and sends its request, then reads back and
 * checks what the step ensures. Returns how the step ended; rolls nothing back.
 */
import type { Action, Fact, Step } from '../documents/plan.generated.ts'
import type { Failure, Mismatch } from '../documents/run-outcome.ts'
import { isWrite } from '../documents/writes-of.ts'
import { findActive } from './facts/active-node.ts'
import {
  assertTokenLives,
  type FactsReading,
  readMismatches,
  readOnce,
  waitForFacts,
} from './facts/wait-for-facts.ts'
import { sendAction, type SendProgress, type SendResult } from './send-action.ts'
import { checkMounts, explainFailedCheck, type CheckFailure, passedBy } from './check-mounts.ts'
import { explainFailure, fileNames } from './failure.ts'
import { describeMismatch, isOneNodesOwn, isUnseen } from './facts/mismatch.ts'
import { describeSilent, findSilentMounts } from './facts/silent-mounts.ts'
import { recordIfPossible } from './recorder.ts'
import { isBehind, retuneNodes } from './retune-nodes.ts'
import type { RunContext } from './run-context.ts'

export type StepResult =
  /** `already`: nothing was sent, because what the step ensures held before. */
  | { readonly kind: 'done'; readonly already: boolean }
  /** The run must stop: nothing was sent. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'stale'; readonly mismatches: readonly Mismatch[] }
  /** A node that the step needs did not answer: whether the step worked there is unknown. */
  | { readonly kind: 'away'; readonly reason: string; readonly sent: SendProgress['sent'] }
  /** A node still shows an older setting: nothing was sent to it. */
  | { readonly kind: 'behind'; readonly reason: string }
  /** `begun`: the request was sent, or checks were made, so the step may have to be rolled back. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly begun: boolean }
  /** Something threw: a bug, a journal that cannot be written, a cluster without a leader. */
  | { readonly kind: 'fault'; readonly error: unknown; readonly sent: SendProgress['sent'] }

export interface StepPosition {
  /** From 1. */
  readonly number: number
  readonly of: number
}

/**
 * Runs one step. If what the step ensures holds already, nothing is sent, but the checks are made:
 * no record says that they passed. A step that has begun is finished also when the run must stop;
 * then only its soak is cut short. Never throws: an exception becomes a `fault`.
 */
export async function runStep(
  run: RunContext,
  step: Step,
  position: StepPosition,
): Promise<StepResult> {
  const progress: SendProgress = { sent: 'no' }
  const { action } = step
  try {
    if (!isWrite(action)) return await runCheck(run, step, position)
    const { isAlready, reading } = await readBefore(run, step)
    if (isAlready && (await readMismatches(run, step.ensures)).length === 0) {
      return await runAlready(run, step, position)
    }
    // A change that another node accepted a moment ago may not have reached this one.
    const broken =
      reading.open.length === 0
        ? []
        : await retuneNodes(run, step, await waitForRequired(run, step, reading))
    if (!run.stop.mayBegin()) return { kind: 'interrupted' }
    if (broken.length > 0) return explainUnmet(step, broken)
    await run.recorder.stepStarted(step, position.number, position.of)
    if (action.kind === 'register') run.written.add(`${action.plugin} ${action.version}`)
    const result = await sendAction(run, action, step.ensures, { progress })
    const failure = await checkAfterSending(run, { ...step, action }, result)
    // A refused reload may have left its mounts down. Then the group is rolled back although the
    // node could not be read.
    const mayBeDown = action.kind === 'reload' && progress.sent === 'refused'
    return await recordResult(run, step, failure, {
      sent: progress.sent,
      already: false,
      mayBeDown,
    })
  } catch (error) {
    return { kind: 'fault', error, sent: progress.sent }
  }
}

/** Waits until what the step requires holds, or the run must stop; returns what does not hold. */
function waitForRequired(
  run: RunContext,
  { requires }: Step,
  before?: FactsReading,
): Promise<Mismatch[]> {
  const isOver = (): boolean => !run.stop.mayBegin()
  return waitForFacts(run, requires, { isOver, ...(before !== undefined && { before }) })
}

/**
 * Reads once, before a request, whether what the step ensures holds already and whether what it
 * requires holds. Facts that were read a moment ago are not read again.
 */
async function readBefore(
  run: RunContext,
  step: Step,
): Promise<{ readonly isAlready: boolean; readonly reading: FactsReading }> {
  const isOver = (): boolean => !run.stop.mayBegin()
  const active = await findActive(run, { isOver })
  const since = run.clock()
  const requires = run.recent.withoutRecent(step.requires)
  const ensures = mustReload(run, step) ? [] : step.ensures
  const broken = await readOnce(run, [...ensures, ...requires], { brief: true, isOver })
  const unmet = new Set(broken.map(({ fact }) => fact))
  const hold = (facts: readonly Fact[]): boolean => !facts.some((fact) => unmet.has(fact))
  const read = new Set(requires)
  const open = hold(requires)
    ? []
    : // Where one fact does not hold, those that were read a moment ago are read again too.
      step.requires.filter((fact) => unmet.has(fact) || !read.has(fact))
  return { isAlready: ensures.length > 0 && hold(ensures), reading: { since, active, open } }
}

/** Runs a step that only checks. What the step ensures held when it was planned. */
async function runCheck(run: RunContext, step: Step, position: StepPosition): Promise<StepResult> {
  const unmet = await waitForRequired(run, step)
  if (!run.stop.mayBegin()) return { kind: 'interrupted' }
  if (unmet.length > 0) return explainUnmet(step, unmet)
  await run.recorder.stepStarted(step, position.number, position.of)
  const broken = await waitForFacts(run, step.ensures)
  const failure =
    broken.length > 0 ? explainFailedCheck(step, { broken }) : await checkMounts(run, step)
  return recordResult(run, step, failure, { sent: 'no', already: false, mayBeDown: false })
}

/** A change of leader, a restart or another person had the same effect: only the checks are missing. */
async function runAlready(
  run: RunContext,
  step: Step,
  position: StepPosition,
): Promise<StepResult> {
  const hasChecks =
    (step.verify ?? []).length > 0 || (step.action.kind === 'reload' && run.soak > 0)
  if (hasChecks) await run.recorder.stepStarted(step, position.number, position.of)
  const failure = hasChecks ? await checkMounts(run, step) : undefined
  return recordResult(run, step, failure, { sent: 'no', already: true, mayBeDown: false })
}

interface SendSummary {
  readonly sent: SendProgress['sent']
  readonly already: boolean
  readonly mayBeDown: boolean
}

async function recordResult(
  run: RunContext,
  step: Step,
  failure: CheckFailure | undefined,
  { sent, already, mayBeDown }: SendSummary,
): Promise<StepResult> {
  if (failure === undefined) {
    await run.recorder.stepDone(step, already ? 'already' : 'done', await passedBy(run, step))
    return { kind: 'done', already }
  }
  const { reason } = failure
  const isAway = failure.unseen && !mayBeDown
  await recordIfPossible(() => run.recorder.stepFailed(step, reason, { unseen: isAway }))
  return isAway ? { kind: 'away', reason, sent } : { kind: 'failed', failure, begun: true }
}

/**
 * Tells a change that another person made (`stale`) from a single node that lacks something while the
 * rest of the cluster is as planned.
 */
function explainUnmet(step: Step, broken: readonly Mismatch[]): StepResult {
  const reason = broken.map(describeMismatch).join('; ')
  const seen = broken.filter((mismatch) => !isUnseen(mismatch))
  if (seen.length === 0) return { kind: 'away', reason, sent: 'no' }
  if (!seen.every(({ fact }) => isOneNodesOwn(fact))) return { kind: 'stale', mismatches: seen }
  if (seen.every(isBehind)) return { kind: 'behind', reason }
  return {
    kind: 'failed',
    failure: explainFailure({ broken }, [], fileNames([step])),
    begun: false,
  }
}

function mustReload(run: RunContext, { action, requires, unobservable }: Step): boolean {
  if (action.kind !== 'reload') return false
  if (unobservable !== undefined) return true
  return requires.some(
    (fact) => fact.fact === 'entry' && run.written.has(`${fact.plugin} ${fact.version}`),
  )
}

/** Returns undefined if the step had its effect, whatever the server answered. */
async function checkAfterSending(
  run: RunContext,
  step: Step & { readonly action: Action },
  result: SendResult,
): Promise<CheckFailure | undefined> {
  if (result.kind === 'refused') {
    // If the token has ended, the refusal says nothing about the mount.
    if (result.denied) await assertTokenLives(run, await findActive(run))
    const broken = await checkAfterRefusal(run, step)
    if (broken.length > 0) return explainFailedCheck(step, { refused: result, broken })
    const reasons = await findReasonsAgainst(run, step)
    if (reasons === undefined) return checkMounts(run, step)
    return explainFailedCheck(step, { refused: result, reasons })
  }
  const broken = await waitForFacts(run, step.ensures)
  if (broken.length === 0) return checkMounts(run, step)
  const reasons = result.kind === 'unknown' ? [result.reason] : []
  return explainFailedCheck(step, { broken, reasons })
}

/** A refused request reaches no node later, so only a node that does not answer is waited for. */
async function checkAfterRefusal(run: RunContext, { action, ensures }: Step): Promise<Mismatch[]> {
  const broken = await waitForFacts(run, ensures, { seenWithin: 0 })
  if (action.kind === 'reload' || !broken.every(({ fact }) => isOneNodesOwn(fact))) return broken
  // The active node has the change: an earlier request, whose answer was lost, made it.
  return waitForFacts(run, ensures)
}

/**
 * Returns why a refused reload was not done although the mounts list what the step ensures; undefined
 * if it was done.
 */
async function findReasonsAgainst(
  run: RunContext,
  step: Step,
): Promise<readonly string[] | undefined> {
  if (step.action.kind !== 'reload') return undefined
  // No list shows the arguments and the environment of a process.
  if (mustReload(run, step)) return []
  const silent = await findSilentMounts(run, [step.action])
  return silent.length === 0 ? undefined : silent.map(describeSilent)
}
