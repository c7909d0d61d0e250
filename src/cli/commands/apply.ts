/** `lockstep apply`: plans (or takes a saved plan), asks, carries out, and looks again. */
import type { Plan } from '../../documents/plan.generated.ts'
import type { DesiredState } from '../../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { checkPlanAge, checkPlanId, readPlanFile } from '../../apply/plan-file.ts'
import { commandAgain } from '../again.ts'
import { applyPlan, type CarryingOptions } from '../apply-plan.ts'
import type { Host } from '../host.ts'
import { isBlocked, makeJudgedPlan } from '../judged-plan.ts'
import { loadDesired } from '../load-desired.ts'
import { openSession, pluginsOf, type Session } from '../session.ts'

export type ApplyOptions = CarryingOptions & {
  readonly expect?: string
  /** Seconds. */
  readonly maxAge: number
}

/** What is applied: a plan that was saved, or what a file asks for now. */
type Given =
  | {
      readonly kind: 'saved'
      readonly plan: Plan
      /** Absent where no file was given with it. */
      readonly desired: DesiredState | undefined
    }
  | { readonly kind: 'file'; readonly desired: DesiredState }

/** `planFile`: a plan saved by `plan --out`; without it one is made now. */
export async function apply(
  planFile: string | undefined,
  options: ApplyOptions,
  host: Host,
): Promise<ExitCode> {
  const given = await readGiven(planFile, options, host)
  const { desired } = given
  const session = await openSession(options, host, desired)
  try {
    const plan = await planOf(given, session, options, host)
    if (options.expect !== undefined) checkPlanId(plan, options.expect)
    // One that was made this moment has just been held against the nodes' disks.
    if (given.kind === 'saved') await checkDisks(plan, desired, session)
    const again = commandAgain(planFile === undefined ? ['apply'] : ['apply', planFile], options)
    const anew = planFile === undefined ? again : planAnew(planFile, options)
    return await applyPlan({ plan, desired, session, options, host, again, anew })
  } finally {
    await session.close()
  }
}

/** A plan does not say which files it was made from, and where it is applied others may lie. */
function planAnew(planFile: string, options: ApplyOptions): string {
  const known = options.file !== undefined
  const file = options.file ?? ['FILE']
  const command = commandAgain(['plan', '--out', planFile], { ...options, file })
  return known ? command : `${command} (FILE: what this plan was made from)`
}

async function readGiven(
  planFile: string | undefined,
  options: ApplyOptions,
  host: Host,
): Promise<Given> {
  if (planFile === undefined) return { kind: 'file', desired: await loadDesired(options, host) }
  const plan = await readPlanFile(planFile)
  if (options.allow !== undefined) throw cannotAllow()
  checkPlanAge(plan, options.maxAge, host.now())
  const desired = options.file === undefined ? undefined : await loadDesired(options, host)
  return { kind: 'saved', plan, desired }
}

function cannotAllow(): LockstepError {
  return new LockstepError({
    code: 'bad-allow',
    message: 'a saved plan was judged when it was made: --allow changes nothing about it',
    hint: 'Give --allow to lockstep plan --out.',
  })
}

async function planOf(
  given: Given,
  session: Session,
  options: ApplyOptions,
  host: Host,
): Promise<Plan> {
  if (given.kind === 'saved') {
    await checkCluster(given.plan, session)
    return given.plan
  }
  const { desired } = given
  const live = await session.observe(pluginsOf(desired))
  return makeJudgedPlan({ desired, live, session, options, host })
}

/** What would not be begun anyway needs no look. */
async function checkDisks(
  plan: Plan,
  desired: DesiredState | undefined,
  session: Session,
): Promise<void> {
  const { commands } = session
  if (plan.cluster.binary_check === undefined || isBlocked(plan) || commands === undefined) return
  const { checkPlannedBinaries } = await import('../binary-check.ts')
  session.secrets.learn({ desired, plan })
  await checkPlannedBinaries(plan, commands)
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
