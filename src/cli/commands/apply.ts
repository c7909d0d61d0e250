/** `lockstep apply`: plans (or takes a saved plan), asks, carries out, and looks again. */
import type { Plan } from '../../documents/plan.generated.ts'
import type { DesiredState } from '../../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError, unreachable } from '../../domain/errors.ts'
import type { RunOutcome } from '../../documents/run-outcome.ts'
import { journalRoot } from '../../apply/journal.ts'
import { checkPlanAge, checkPlanId, readPlanFile } from '../../apply/plan-file.ts'
import { renderOutcome } from '../../render/outcome-text.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { commandAgain } from '../again.ts'
import { carryOut } from '../carry-out.ts'
import { paletteFor } from '../colour.ts'
import type { Host } from '../host.ts'
import { blockedExitCode, isBlocked, type JudgeOptions, makeJudgedPlan } from '../judged-plan.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { openSession, pluginsOf, type Session } from '../session.ts'

export type ApplyOptions = CommonOptions &
  JudgeOptions & {
    readonly autoApprove?: boolean
    readonly input: boolean
    readonly json?: boolean
    readonly journal?: string
    readonly logFile?: string
    readonly expect?: string
    /** Seconds. */
    readonly maxAge: number
    readonly soak?: number
    /** Seconds. */
    readonly wait: number
  }

/** `planFile`: a plan saved by `plan --out`; without it one is made now. */
export async function apply(
  planFile: string | undefined,
  options: ApplyOptions,
  host: Host,
): Promise<ExitCode> {
  const saved = planFile === undefined ? undefined : await readPlanFile(planFile)
  if (saved !== undefined) {
    if (options.allow !== undefined) throw cannotAllow()
    checkPlanAge(saved, options.maxAge, host.now())
  }
  const desired =
    saved === undefined || options.file !== undefined ? await loadDesired(options) : undefined
  const session = await openSession(options, host, desired)
  try {
    if (saved !== undefined) await checkCluster(saved, session)
    const plan = saved ?? (await planNow(desired, session, options, host))
    if (options.expect !== undefined) checkPlanId(plan, options.expect)
    const words = planFile === undefined ? ['apply'] : ['apply', planFile]
    const again = commandAgain(words, options)
    return await applyPlan({ plan, desired, session, options, host, again })
  } finally {
    await session.close()
  }
}

function cannotAllow(): LockstepError {
  return new LockstepError({
    code: 'bad-allow',
    message: 'a saved plan was judged when it was made: --allow changes nothing about it',
    hint: 'Give --allow to lockstep plan --out.',
  })
}

interface ApplyJob {
  readonly plan: Plan
  readonly desired: DesiredState | undefined
  readonly session: Session
  readonly options: ApplyOptions
  readonly host: Host
  /** The command that goes on where this one stops. */
  readonly again: string
}

/** Shows a plan, asks for it, carries it out and tells how it ended. */
export async function applyPlan(job: ApplyJob): Promise<ExitCode> {
  const { plan, desired, session, options, host, again } = job
  const palette = paletteFor(options, host)
  const silent = options.json === true || options.quiet === true
  const asks = options.autoApprove !== true
  // Nobody is asked to approve what they have not seen.
  const showsPlan = !silent || (asks && options.json !== true)
  const shown = `${renderPlan(plan, { palette })}\n`
  if (showsPlan) host.out(shown)
  if (isBlocked(plan)) {
    if (!showsPlan) host.err(shown)
    return blockedExitCode(plan)
  }
  if (plan.steps.length === 0) return EXIT.done
  if (asks && !(await approved(options, host))) {
    host.err('Not applied: only yes is taken for yes. Nothing was changed.\n')
    return EXIT.error
  }
  const folder = options.journal ?? journalRoot(host.env, host.home).of(plan.cluster.id)
  const outcome = await carryOut({ plan, desired, session, folder, options, host, again })
  const told = `${renderOutcome(outcome, plan, { palette, again })}\n`
  if (!silent) host.out(told)
  else if (outcome.kind !== 'done' || outcome.readOnly !== undefined) host.err(told)
  if (outcome.kind === 'done' && desired !== undefined) await lookAgain({ ...job, desired })
  return exitCodeOf(outcome)
}

async function planNow(
  desired: DesiredState | undefined,
  session: Session,
  options: JudgeOptions,
  host: Host,
): Promise<Plan> {
  if (desired === undefined) throw new TypeError('a plan is made from a desired state')
  const live = await session.observe(pluginsOf(desired))
  return makeJudgedPlan({ desired, live, session, options, host })
}

/** A plan holds for the cluster it was made on and no other. */
async function checkCluster(plan: Plan, session: Session): Promise<void> {
  const { id, name } = await session.cluster()
  if (id === plan.cluster.id) return
  throw new LockstepError({
    code: 'wrong-cluster',
    message: `the plan is for cluster ${plan.cluster.name} (${plan.cluster.id}), and this is ${name} (${id})`,
    exitCode: EXIT.stale,
    hint: 'Give the address of the cluster the plan was made on.',
  })
}

async function approved(options: ApplyOptions, host: Host): Promise<boolean> {
  if (!options.input || !host.inIsTerminal || options.json === true) {
    throw new LockstepError({
      code: 'cannot-ask',
      message: 'the plan was not approved, and there is nobody to ask',
      hint: 'Give --auto-approve to apply it without asking.',
    })
  }
  return (await host.ask('\nApply these steps? Only yes will do: ')) === 'yes'
}

/** Milliseconds that nodes which all answer may take to agree, and how often they are asked. */
const AGREED_WITHIN = 15_000
const LOOK_EVERY = 500

/** What was applied must be what every node of the plan shows: planning again finds nothing to do. */
async function lookAgain(job: ApplyJob & { readonly desired: DesiredState }): Promise<void> {
  const { options, host } = job
  const began = host.now().getTime()
  for (;;) {
    const missing = await whatIsMissing(job)
    if (missing === undefined) return
    const waited = host.now().getTime() - began
    if (waited >= (missing.code === 'not-seen' ? options.wait * 1000 : AGREED_WITHIN)) throw missing
    await host.wait(LOOK_EVERY)
  }
}

/** `not-seen`: a node did not answer for itself; nothing is known of it. */
async function whatIsMissing({
  plan,
  desired,
  session,
}: ApplyJob & { readonly desired: DesiredState }): Promise<LockstepError | undefined> {
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
  // Vault's standbys, and an active node that became one, run nothing that could be seen.
  if (unseen.length > 0 && plan.cluster.product === 'openbao') {
    return notSeen(`what runs on ${unseen.map(({ address }) => address).join(', ')} cannot be seen`)
  }
  const { draftPlan } = await import('../../plan/make-plan.ts')
  const { steps } = draftPlan(desired, live)
  if (steps.length === 0) return undefined
  return new LockstepError({
    code: 'not-converged',
    message: `every step was carried out, but planning again finds more to do: ${steps.map(({ id }) => id).join(', ')}`,
    hint: 'Somebody else may be changing the cluster: look with lockstep plan.',
  })
}

function notSeen(why: string): LockstepError {
  return new LockstepError({
    code: 'not-seen',
    message: `every step was carried out, but not every node could be looked at afterwards: ${why}`,
    hint: 'When all nodes answer, look with lockstep plan, or lockstep status.',
  })
}

function exitCodeOf(outcome: RunOutcome): ExitCode {
  switch (outcome.kind) {
    case 'done':
      return EXIT.done
    case 'stale':
      return EXIT.stale
    case 'put_back':
      return EXIT.putBack
    case 'not_put_back':
      return EXIT.notPutBack
    case 'interrupted':
      return EXIT.interrupted
    case 'stopped':
      return outcome.error.exitCode
    default:
      return unreachable(outcome)
  }
}
