/** After the last step: is what was applied what every node of the plan shows? */
import type { Plan } from '../documents/plan.generated.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { Host } from './host.ts'
import { pluginsOf, type Session } from './session.ts'

export interface LookAgainJob {
  readonly plan: Plan
  readonly desired: DesiredState
  readonly session: Session
  readonly host: Host
  /** Seconds to wait for a node that does not answer for itself. */
  readonly wait: number
}

/** Milliseconds that nodes which all answer may take to agree, and how often they are asked. */
const AGREED_WITHIN = 15_000
const LOOK_EVERY = 500

/** Throws a LockstepError where planning again finds something to do, or not every node is seen. */
export async function lookAgain(job: LookAgainJob): Promise<void> {
  const { wait, host } = job
  const began = host.now().getTime()
  for (;;) {
    const missing = await whatIsMissing(job)
    if (missing === undefined) return
    const waited = host.now().getTime() - began
    if (waited >= (missing.code === 'not-seen' ? wait * 1000 : AGREED_WITHIN)) throw missing
    await host.wait(LOOK_EVERY)
  }
}

/** `not-seen`: a node did not answer for itself; nothing is known of it. */
async function whatIsMissing({
  plan,
  desired,
  session,
}: LookAgainJob): Promise<LockstepError | undefined> {
  const live = await session.observe(pluginsOf(desired)).catch((error: unknown) => {
    if (error instanceof LockstepError && error.exitCode === EXIT.error) return error
    throw error
  })
  if (live instanceof LockstepError) return notSeen(live.message)
  // Only those the plan had steps for: it was accepted knowing of the others.
  const unseen = plan.cluster.nodes.filter(({ address, state }) => {
    const now = live.nodes.find((node) => node.address === address)
    return state === 'serving' && now?.state !== 'serving'
  })
  // A node that became a standby that forwards runs nothing that could be seen.
  if (unseen.length > 0 && !onlyActiveRuns(plan.cluster)) {
    return notSeen(`what runs on ${unseen.map(({ address }) => address).join(', ')} cannot be seen`)
  }
  const { draftPlan } = await import('../plan/make-plan.ts')
  const { steps } = draftPlan(desired, live)
  if (steps.length === 0) return undefined
  return new LockstepError({
    code: 'not-converged',
    message: 'every step was carried out and checked, but since then there is more to do:',
    details: steps.map(({ id, why }) => `${id}: ${why}`),
    exitCode: EXIT.stoppedBetween,
    hint: 'Run this again, and it is done. Where it comes back, see what changes it with lockstep status.',
  })
}

function notSeen(why: string): LockstepError {
  return new LockstepError({
    code: 'not-seen',
    message: `every step was carried out, but not every node could be looked at afterwards: ${why}`,
    hint: 'When all nodes answer, look with lockstep plan, or lockstep status.',
  })
}
