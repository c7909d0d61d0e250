/**
 * Carries out one step: what it requires is read, the request journaled and sent, and what should
 * hold afterwards is read back and checked. Says what came of it; takes nothing back.
 */
import type { Action, Fact, Step } from '../documents/plan.generated.ts'
import type { Failure, Mismatch } from '../documents/run-outcome.ts'
import { isWrite } from '../documents/writes-of.ts'
import { findActive } from './facts/active-node.ts'
import {
  assertTokenLives,
  readMismatches,
  readOnce,
  untilTheyHold,
} from './facts/wait-for-facts.ts'
import { type Carried, carryThrough, type SendProgress } from './send-action.ts'
import {
  type Checking,
  checkMounts,
  explainFailedCheck,
  type CheckFailure,
  passedBy,
} from './check-mounts.ts'
import { failureOf, fileNames } from './failure.ts'
import { describeMismatch, isOneNodesOwn, isUnseen } from './facts/mismatch.ts'
import { describeSilent, findSilentMounts } from './facts/silent-mounts.ts'
import type { RecentFacts } from './facts/recent-facts.ts'
import { recordIfPossible } from './recorder.ts'
import { isBehind, tuneBehind } from './retune-nodes.ts'

export interface StepRun extends Checking {
  /**
   * Entries that were written and may not have been reloaded since, as `plugin version`: arguments
   * and environment of a running process cannot be read, so what runs under them is reloaded.
   */
  readonly written: Set<string>
  readonly recent: RecentFacts
}

export type StepResult =
  /** `already`: nothing was sent, for what it ensures held. */
  | { readonly kind: 'done'; readonly already: boolean }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'stale'; readonly mismatches: readonly Mismatch[] }
  /** A node it needs stayed away: nothing was seen there, good or bad. */
  | { readonly kind: 'away'; readonly reason: string; readonly sent: SendProgress['sent'] }
  /** A node keeps to an older setting: nothing was sent to it. */
  | { readonly kind: 'behind'; readonly reason: string }
  /** `begun`: its request went out, or its checks were made; so it may have to be rolled back. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly begun: boolean }
  /** A fault of ours or the cluster's. */
  | { readonly kind: 'fault'; readonly error: unknown; readonly sent: SendProgress['sent'] }

export interface StepPosition {
  /** From 1. */
  readonly number: number
  readonly of: number
}

/**
 * One step. Nothing is sent where what it ensures holds already: then its checks are made all the
 * same, for nobody has seen them pass. Else it is recorded, sent and checked. Never throws: a fault
 * is a result, and the journal has the step's beginning before its request is sent.
 */
export async function runStep(run: StepRun, step: Step, place: StepPosition): Promise<StepResult> {
  const progress: SendProgress = { sent: 'no' }
  // Once begun, a step is finished, whoever wants to stop; only the soak is cut short.
  const finishing = { ...run, interrupted: () => false, endSoak: run.interrupted }
  const { action } = step
  try {
    if (!isWrite(action)) return await runCheck(run, finishing, step, place)
    const { isAlready, isReady } = await lookBefore(run, step)
    if (isAlready && (await readMismatches(run, step.ensures)).length === 0) {
      return await runAlready(finishing, step, place)
    }
    // What another node was told a moment ago may still be on its way to this one.
    const broken = isReady
      ? []
      : await tuneBehind(run, step, await untilTheyHold(run, step.requires))
    if (run.interrupted()) return { kind: 'interrupted' }
    if (broken.length > 0) return notAsPlanned(step, broken)
    await run.recorder.stepStarted(step, place.number, place.of)
    if (action.kind === 'register') run.written.add(`${action.plugin} ${action.version}`)
    const carried = await carryThrough(finishing, action, step.ensures, progress)
    const since = run.clock()
    const failure = await whyItFailed(finishing, { ...step, action }, carried)
    if (failure === undefined) run.recent.add(step.ensures, since)
    // A refused reload may have left its mounts down: what can be rolled back is, without that node.
    const mayBeDown = action.kind === 'reload' && progress.sent === 'refused'
    return await judged(finishing, step, failure, {
      sent: progress.sent,
      already: false,
      mayBeDown,
    })
  } catch (error) {
    return { kind: 'fault', error, sent: progress.sent }
  }
}

/**
 * One look at all that matters before a request: whether what the step ensures holds already, and
 * whether what it requires holds. What was seen a moment ago is not asked for again.
 */
async function lookBefore(
  run: StepRun,
  step: Step,
): Promise<{ readonly isAlready: boolean; readonly isReady: boolean }> {
  const requires = run.recent.withoutRecent(step.requires)
  const ensures = mustReload(run, step) ? [] : step.ensures
  const since = run.clock()
  const broken = await readOnce(run, [...ensures, ...requires], { brief: true })
  const unmet = new Set(broken.map(({ fact }) => fact))
  const hold = (facts: readonly Fact[]): boolean => !facts.some((fact) => unmet.has(fact))
  run.recent.add(
    requires.filter((fact) => !unmet.has(fact)),
    since,
  )
  return { isAlready: ensures.length > 0 && hold(ensures), isReady: hold(requires) }
}

/** A step that only checks. What it ensures held when it was planned. */
async function runCheck(
  run: StepRun,
  finishing: StepRun,
  step: Step,
  place: StepPosition,
): Promise<StepResult> {
  const unplanned = await untilTheyHold(run, step.requires)
  if (run.interrupted()) return { kind: 'interrupted' }
  if (unplanned.length > 0) return notAsPlanned(step, unplanned)
  await run.recorder.stepStarted(step, place.number, place.of)
  const broken = await untilTheyHold(finishing, step.ensures)
  const failure =
    broken.length > 0 ? explainFailedCheck(step, { broken }) : await checkMounts(finishing, step)
  return judged(finishing, step, failure, { sent: 'no', already: false, mayBeDown: false })
}

/** A change of leader, a restart or somebody else brought it about: the checks are still to be made. */
async function runAlready(run: StepRun, step: Step, place: StepPosition): Promise<StepResult> {
  const isChecked =
    (step.verify ?? []).length > 0 || (step.action.kind === 'reload' && run.soak > 0)
  if (isChecked) await run.recorder.stepStarted(step, place.number, place.of)
  const failure = isChecked ? await checkMounts(run, step) : undefined
  return judged(run, step, failure, { sent: 'no', already: true, mayBeDown: false })
}

interface Sent {
  readonly sent: SendProgress['sent']
  readonly already: boolean
  readonly mayBeDown: boolean
}

async function judged(
  run: StepRun,
  step: Step,
  failure: CheckFailure | undefined,
  { sent, already, mayBeDown }: Sent,
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

/** The cluster is as planned and this one node is not: that is no other person's change. */
function notAsPlanned(step: Step, broken: readonly Mismatch[]): StepResult {
  const reason = broken.map(describeMismatch).join('; ')
  const seen = broken.filter((mismatch) => !isUnseen(mismatch))
  if (seen.length === 0) return { kind: 'away', reason, sent: 'no' }
  if (!seen.every(({ fact }) => isOneNodesOwn(fact))) return { kind: 'stale', mismatches: seen }
  if (seen.every(isBehind)) return { kind: 'behind', reason }
  return { kind: 'failed', failure: failureOf({ broken }, [], fileNames([step])), begun: false }
}

function mustReload(run: StepRun, { action, requires, unobservable }: Step): boolean {
  if (action.kind !== 'reload') return false
  if (unobservable !== undefined) return true
  return requires.some(
    (fact) => fact.fact === 'entry' && run.written.has(`${fact.plugin} ${fact.version}`),
  )
}

/** Undefined when the step did what it is to do, whatever the answer to it was. */
async function whyItFailed(
  run: StepRun,
  step: Step & { readonly action: Action },
  carried: Carried,
): Promise<CheckFailure | undefined> {
  if (carried.kind === 'refused') {
    // A request that the token may not make says nothing of the mount.
    if (carried.denied) await assertTokenLives(run, await findActive(run))
    const broken = await checkAfterRefusal(run, step)
    if (broken.length > 0) return explainFailedCheck(step, { refused: carried, broken })
    const doubts = await doubtsAfterRefusal(run, step)
    if (doubts === undefined) return checkMounts(run, step)
    return explainFailedCheck(step, { refused: carried, told: doubts })
  }
  const broken = await untilTheyHold(run, step.ensures)
  if (broken.length === 0) return checkMounts(run, step)
  const told = carried.kind === 'unknown' ? [carried.reason] : []
  return explainFailedCheck(step, { broken, told })
}

/** What was refused is on its way to no node: only a node that is away is waited for. */
async function checkAfterRefusal(run: StepRun, { action, ensures }: Step): Promise<Mismatch[]> {
  const broken = await untilTheyHold(run, ensures, 0)
  if (action.kind === 'reload' || !broken.every(({ fact }) => isOneNodesOwn(fact))) return broken
  // The active node has it all the same: done by a request whose answer was lost.
  return untilTheyHold(run, ensures)
}

/** Why a refused reload is not done though the listing says so; undefined where it is done. */
async function doubtsAfterRefusal(
  run: StepRun,
  step: Step,
): Promise<readonly string[] | undefined> {
  if (step.action.kind !== 'reload') return undefined
  // Arguments and environment of a process are in no listing.
  if (mustReload(run, step)) return []
  const silent = await findSilentMounts(run, [step.action])
  return silent.length === 0 ? undefined : silent.map(describeSilent)
}
