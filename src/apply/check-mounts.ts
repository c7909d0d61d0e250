/**
 * Checks the mounts of a reload, or of a step that only checks, before the next step begins: the
 * file's own checks must pass, and after the soak the mounts must still run what the plan says.
 */
import type { Step } from '../documents/plan.generated.ts'
import type { Failure } from '../documents/run-outcome.ts'
import { findActive } from './facts/active-node.ts'
import { assertTokenLives, onCurrentNode, waitForFacts } from './facts/wait-for-facts.ts'
import { type Evidence, explainFailure, fileNames } from './failure.ts'
import { isUnseen } from './facts/mismatch.ts'
import type { Passed } from './recorder.ts'
import type { RunContext } from './run-context.ts'

/** Milliseconds after which a soak finds out that the run must stop. */
const SOAK_INTERVAL = 250

export interface CheckFailure extends Failure {
  /** True if the node could not be read, so that the step may well have worked. */
  readonly unseen: boolean
}

export function explainFailedCheck(step: Step, evidence: Evidence): CheckFailure {
  const { broken = [] } = evidence
  return {
    ...explainFailure(evidence, step.ensures, fileNames([step])),
    unseen: broken.length > 0 && broken.every(isUnseen),
  }
}

/**
 * Returns why a check failed; undefined if all passed, and for a step that neither reloads nor checks
 * a mount. When the run must stop, the soak ends and the last checks are made at once. Throws a
 * LockstepError (exit 8) if a check failed because the token has ended.
 */
export async function checkMounts(run: RunContext, step: Step): Promise<CheckFailure | undefined> {
  if (step.action.kind !== 'reload' && step.action.kind !== 'check') return undefined
  const problem = await verify(run, step)
  if (problem !== undefined || run.soak === 0) return problem
  await run.recorder.waiting(`watching for ${run.soak} s before going on`)
  const until = run.clock() + run.soak * 1000
  while (run.clock() < until && run.stop.mayBegin()) {
    await run.client.wait(Math.min(until - run.clock(), SOAK_INTERVAL))
  }
  const broken = await waitForFacts(run, step.ensures)
  return broken.length > 0 ? explainFailedCheck(step, { broken }) : verify(run, step)
}

async function verify(run: RunContext, step: Step): Promise<CheckFailure | undefined> {
  const active = await findActive(run)
  const problem = await run.verify(
    { ...step, action: onCurrentNode(run, step.action, active) },
    active,
  )
  if (problem === undefined) return undefined
  // If the token has ended, the check says nothing about the mount.
  await assertTokenLives(run, active)
  return explainFailedCheck(step, { reasons: [problem] })
}

/** Returns what the journal records of a step that passed, with the nodes where it was seen. */
export async function passedBy(run: RunContext, step: Step): Promise<Passed | undefined> {
  const { action, ensures, verify = [] } = step
  if (action.kind !== 'reload' && action.kind !== 'check') return undefined
  const running = ensures.filter((fact) => fact.fact === 'running')
  if (!run.followsActive) return { running, verify: [...verify] }
  const active = await findActive(run)
  return { running: running.map((fact) => onCurrentNode(run, fact, active)), verify: [...verify] }
}
