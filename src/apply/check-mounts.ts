/**
 * What must be seen of the mounts of a reload, or of a check, before the run goes on: that they run
 * what the plan says, that the file's own checks of them pass, and all of it again after the soak.
 */
import type { Step } from '../documents/plan.generated.ts'
import type { Failure } from '../documents/run-outcome.ts'
import type { NodeAddress } from '../domain/names.ts'
import { findActive } from './facts/active-node.ts'
import { assertTokenLives, placed, untilTheyHold } from './facts/wait-for-facts.ts'
import type { Sending } from './send-action.ts'
import { type Evidence, failureOf, fileNames } from './failure.ts'
import { isUnseen } from './facts/mismatch.ts'
import type { Passed, Recorder } from './recorder.ts'

/** Milliseconds between two looks whether a soak is to end. */
const LOOK_UP_EVERY = 250

/** The file's own checks of the mounts of a reload or a check; why the first one failed. */
export type VerifyMounts = (step: Step, active: NodeAddress) => Promise<string | undefined>

export interface Checking extends Sending {
  readonly recorder: Recorder
  readonly verify: VerifyMounts
  /** Seconds to wait after each reload before what it ensures is checked once more. */
  readonly soak: number
  /** True once nobody wants to watch any longer: what a step ensures is then checked at once. */
  readonly endSoak: () => boolean
}

export interface CheckFailure extends Failure {
  /** Nothing that was seen speaks against the step: the node could not be looked at. */
  readonly unseen: boolean
}

export function explainFailedCheck(step: Step, evidence: Evidence): CheckFailure {
  const { broken = [] } = evidence
  return {
    ...failureOf(evidence, step.ensures, fileNames([step])),
    unseen: broken.length > 0 && broken.every(isUnseen),
  }
}

/**
 * Undefined where every check passed; of a step that neither reloads nor checks a mount there is
 * none. Throws a LockstepError (exit 8) where a check failed because the token has ended.
 */
export async function checkMounts(run: Checking, step: Step): Promise<CheckFailure | undefined> {
  if (step.action.kind !== 'reload' && step.action.kind !== 'check') return undefined
  const problem = await verify(run, step)
  if (problem !== undefined || run.soak === 0) return problem
  await run.recorder.waiting(`watching for ${run.soak} s before going on`)
  const until = run.clock() + run.soak * 1000
  while (run.clock() < until && !run.endSoak()) {
    await run.client.wait(Math.min(until - run.clock(), LOOK_UP_EVERY))
  }
  const since = await untilTheyHold(run, step.ensures)
  return since.length > 0 ? explainFailedCheck(step, { broken: since }) : verify(run, step)
}

async function verify(run: Checking, step: Step): Promise<CheckFailure | undefined> {
  const active = await findActive(run)
  const problem = await run.verify({ ...step, action: placed(run, step.action, active) }, active)
  if (problem === undefined) return undefined
  // A check made with a token that has ended says nothing of the mount.
  await assertTokenLives(run, active)
  return explainFailedCheck(step, { told: [problem] })
}

/** For the journal, on the nodes where it was seen. */
export async function passedBy(run: Checking, step: Step): Promise<Passed | undefined> {
  const { action, ensures, verify = [] } = step
  if (action.kind !== 'reload' && action.kind !== 'check') return undefined
  const running = ensures.filter((fact) => fact.fact === 'running')
  if (!run.followsActive) return { running, verify: [...verify] }
  const active = await findActive(run)
  return { running: running.map((fact) => placed(run, fact, active)), verify: [...verify] }
}
