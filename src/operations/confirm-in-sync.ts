/** After the last step: plans again, from what every node shows now, and expects nothing to do. */
import { readPast } from '../apply/past-runs.ts'
import type { Plan } from '../documents/plan.generated.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { draftPlan } from '../plan/make-plan.ts'

export interface Confirmation {
  readonly plan: Plan
  readonly desired: DesiredState
  /** Reads the cluster, the mounts of the plan's plugins included. */
  readonly observe: () => Promise<LiveState>
  /** Where the cluster's journals are kept, that of the run which has just ended among them. */
  readonly folder: string
  /** Seconds to wait for a node that does not answer for itself. */
  readonly patience: number
  readonly now: () => Date
  /** Waits so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<unknown>
}

/** Milliseconds that nodes which all answer may take to agree, and how often they are asked. */
const AGREED_WITHIN = 15_000
const LOOK_EVERY = 500

/** Throws a LockstepError where planning again finds something to do, or not every node is seen. */
export async function confirmInSync(confirmation: Confirmation): Promise<void> {
  const { patience, now, wait } = confirmation
  const began = now().getTime()
  for (;;) {
    const missing = await findMissing(confirmation)
    if (missing === undefined) return
    const waited = now().getTime() - began
    if (waited >= (missing.code === 'not-seen' ? patience * 1000 : AGREED_WITHIN)) throw missing
    await wait(LOOK_EVERY)
  }
}

/** `not-seen`: a node did not answer for itself; nothing is known of it. */
async function findMissing({
  plan,
  desired,
  observe,
  folder,
}: Confirmation): Promise<LockstepError | undefined> {
  const live = await observe().catch((error: unknown) => {
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
  const { steps } = draftPlan(desired, live, readPast(folder, live.cluster.id))
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
