/**
 * Carries out one step: what it requires is read, the request journaled and sent, and what should
 * hold afterwards is read back. Says what came of it; takes nothing back.
 */
import type { Step } from '../documents/plan.generated.ts'
import type { NodeAddress } from '../domain/names.ts'
import type { Failure, Mismatch } from '../documents/run-outcome.ts'
import { findActive } from './active-node.ts'
import { assertTokenLives, look, placed, untilTheyHold } from './await-facts.ts'
import { type Carried, carryThrough, type Progress, type Sending } from './carry-through.ts'
import { type Evidence, failureOf, fileNames } from './failure.ts'
import { describeMismatch, isOneNodesOwn, isUnseen } from './mismatch.ts'
import { describeSilent, notSeenToAnswer } from './not-seen-to-answer.ts'
import { type Recorder, recordIfPossible } from './recorder.ts'

/** Milliseconds between two looks whether a soak is to end. */
const LOOK_UP_EVERY = 250

/** Further checks of a mount after its reload, beyond what every step ensures; why one failed. */
export type VerifyReload = (step: Step, active: NodeAddress) => Promise<string | undefined>

export interface StepRun extends Sending {
  readonly recorder: Recorder
  readonly verify: VerifyReload
  /** Seconds to wait after each reload before what it ensures is checked once more. */
  readonly soak: number
  /**
   * Entries that were written and may not have been reloaded since, as `plugin version`: arguments
   * and environment of a running process cannot be read, so what runs under them is reloaded.
   */
  readonly written: Set<string>
}

export type StepResult =
  /** `already`: nothing was sent, for what it ensures held. */
  | { readonly kind: 'done'; readonly already: boolean }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'stale'; readonly mismatches: readonly Mismatch[] }
  /** A node it needs stayed away: nothing was seen there, good or bad. */
  | { readonly kind: 'away'; readonly reason: string; readonly sent: Progress['sent'] }
  /** `sent`: its request went out, so that it may have to be taken back. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly sent: boolean }
  /** A fault of ours or the cluster's. */
  | { readonly kind: 'fault'; readonly error: unknown; readonly sent: Progress['sent'] }

export interface Place {
  /** From 1. */
  readonly number: number
  readonly of: number
}

/**
 * One step: skipped where what it ensures holds already, else checked, recorded, sent and checked
 * again. Never throws: a fault is a result, and the journal has the step's beginning before its
 * request is sent.
 */
export async function runStep(run: StepRun, step: Step, place: Place): Promise<StepResult> {
  const progress: Progress = { sent: 'no' }
  try {
    if (!mustReload(run, step) && (await look(run, step.ensures)).length === 0) {
      await run.recorder.stepDone(step, 'already')
      return { kind: 'done', already: true }
    }
    // What another node was told a moment ago may still be on its way to this one.
    const broken = await untilTheyHold(run, step.requires)
    if (run.interrupted()) return { kind: 'interrupted' }
    if (broken.length > 0) return await notAsPlanned(run, step, broken)
    await run.recorder.stepStarted(step, place.number, place.of)
    // From here on the step is finished, whoever wants to stop; only the soak is cut short.
    const finishing = { ...run, interrupted: () => false, endSoak: run.interrupted }
    const { action } = step
    if (action.kind === 'register') run.written.add(`${action.plugin} ${action.version}`)
    const carried = await carryThrough(finishing, action, step.ensures, progress)
    const failure = await whyItFailed(finishing, step, carried)
    if (failure === undefined) {
      await run.recorder.stepDone(step, 'done')
      return { kind: 'done', already: false }
    }
    const { reason } = failure
    await recordIfPossible(run.recorder.stepFailed(step, reason))
    // A refused reload may have left its mounts down: what can be put back is, without that node.
    const mayBeDown = action.kind === 'reload' && progress.sent === 'refused'
    if (failure.unseen && !mayBeDown) return { kind: 'away', reason, sent: progress.sent }
    return { kind: 'failed', failure, sent: true }
  } catch (error) {
    return { kind: 'fault', error, sent: progress.sent }
  }
}

/** The cluster is as planned and this one node is not: that is no other person's change. */
async function notAsPlanned(
  run: StepRun,
  step: Step,
  broken: readonly Mismatch[],
): Promise<StepResult> {
  const reason = broken.map(describeMismatch).join('; ')
  const final = broken.filter((mismatch) => !isUnseen(mismatch))
  if (final.length === 0) {
    await run.recorder.stepFailed(step, reason)
    return { kind: 'away', reason, sent: 'no' }
  }
  if (!final.every(({ fact }) => isOneNodesOwn(fact))) return { kind: 'stale', mismatches: final }
  await run.recorder.stepFailed(step, reason)
  return { kind: 'failed', failure: failureOf({ broken }, [], fileNames([step])), sent: false }
}

function mustReload(run: StepRun, { action, requires }: Step): boolean {
  if (action.kind !== 'reload') return false
  return requires.some(
    (fact) => fact.fact === 'entry' && run.written.has(`${fact.plugin} ${fact.version}`),
  )
}

interface FinishingRun extends StepRun {
  /** True once nobody wants to watch any longer: what a step ensures is then checked at once. */
  readonly endSoak: () => boolean
}

interface Found extends Failure {
  /** Nothing that was seen speaks against the step: the node could not be looked at. */
  readonly unseen: boolean
}

/** Undefined when the step did what it is to do, whatever the answer to it was. */
async function whyItFailed(
  run: FinishingRun,
  step: Step,
  carried: Carried,
): Promise<Found | undefined> {
  if (carried.kind === 'refused') {
    // A request that the token may not make says nothing of the mount.
    if (carried.denied) await assertTokenLives(run, await findActive(run))
    const broken = await lookAfterRefusal(run, step)
    if (broken.length > 0) return explain(step, { refused: carried, broken })
    const doubts = await doubtsAfterRefusal(run, step)
    if (doubts === undefined) return verifyReload(run, step)
    return explain(step, { refused: carried, told: doubts })
  }
  const broken = await untilTheyHold(run, step.ensures)
  if (broken.length === 0) return verifyReload(run, step)
  const told = carried.kind === 'unknown' ? [carried.reason] : []
  return explain(step, { broken, told })
}

/** What was refused is on its way to no node: only a node that is away is waited for. */
async function lookAfterRefusal(run: StepRun, { action, ensures }: Step): Promise<Mismatch[]> {
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
  const silent = await notSeenToAnswer(run, [step.action])
  return silent.length === 0 ? undefined : silent.map(describeSilent)
}

/** Beyond what every step ensures: the mount's own checks, and all of it again after the soak. */
async function verifyReload(run: FinishingRun, step: Step): Promise<Found | undefined> {
  if (step.action.kind !== 'reload') return undefined
  const problem = await verify(run, step)
  if (problem !== undefined || run.soak === 0) return problem
  await run.recorder.waiting(`watching for ${run.soak} s before going on`)
  const until = run.clock() + run.soak * 1000
  while (run.clock() < until && !run.endSoak()) {
    await run.client.wait(Math.min(until - run.clock(), LOOK_UP_EVERY))
  }
  const since = await untilTheyHold(run, step.ensures)
  return since.length > 0 ? explain(step, { broken: since }) : verify(run, step)
}

async function verify(run: StepRun, step: Step): Promise<Found | undefined> {
  const active = await findActive(run)
  const problem = await run.verify({ ...step, action: placed(run, step.action, active) }, active)
  return problem === undefined ? undefined : explain(step, { told: [problem] })
}

function explain(step: Step, evidence: Evidence): Found {
  const { broken = [] } = evidence
  return {
    ...failureOf(evidence, step.ensures, fileNames([step])),
    unseen: broken.length > 0 && broken.every(isUnseen),
  }
}
