/**
 * Makes a plan from a desired state: judged by every rule and rehearsed. Only such a plan can be
 * applied. Reads the cluster, the token's rights and the journals; writes nothing.
 */
import type { Plan, Step } from '../documents/plan.generated.ts'
import { blockingFindings } from '../documents/blocking.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { pastOf, reloadsOf } from '../journal/past-runs.ts'
import { readOwnCapabilities } from '../live/capabilities.ts'
import { type DraftPlan, draftPlan, type FreshPlan } from '../plan/make-plan.ts'
import { requiredCapabilities } from '../safety/capabilities.ts'
import { neededFiles } from '../safety/needed-files.ts'
import type { BinaryReport, TokenRights } from '../safety/rule.ts'
import type { DiskCheck } from './user-commands/commands.ts'
import { withCurrentAddresses } from './plan-files/current-addresses.ts'
import { comparePlans, type PlanComparison } from './plan-files/compare-plans.ts'
import { type Context, pluginsOf, today } from './context.ts'
import { judgePlan, rehearseDraft } from './judge-plan.ts'
import { readRuns, runsQuestion } from './read-runs.ts'
import { requestedSteps } from './plan-files/requested-steps.ts'

export interface PlanInput {
  /** `allow` has every accepted finding, those of `--allow` included. */
  readonly desired: DesiredState
  /** What `Context.observe` returned; read now if not given. */
  readonly live?: LiveState
  /**
   * False: another token applies the plan, so the token of this job is not asked for its rights. The
   * plan has a note that says so. Do not apply such a plan: make it again with the token that applies.
   */
  readonly checksRights?: boolean
  /** False: `binary_check` is not run. Do not apply such a plan. */
  readonly runsBinaryCheck?: boolean
}

/** A plan, and what it was made from. */
export interface MadePlan {
  readonly plan: FreshPlan
  readonly desired: DesiredState
  readonly live: LiveState
  /** When the reading of `live` began, in milliseconds since the epoch; not given if `live` was given. */
  readonly readAt?: number
  /** The plan file that the plan was made from, if any. */
  readonly file?: Plan
  /** How the plan compares with the plan file. Has no meaning if the plan is blocked. */
  readonly comparison?: PlanComparison
  /** Runs `binary_check` and judges again. Absent if there is no such check, or if it has run. */
  readonly check?: () => Promise<FreshPlan>
}

/**
 * Plans, runs the `binary_check` of the desired state, and judges. Throws a LockstepError if the
 * cluster or a journal cannot be read.
 */
export async function makePlan(input: PlanInput, context: Context): Promise<MadePlan> {
  const drafted = await draftFrom(input, context)
  const { desired, live, readAt, check } = drafted
  // The rehearsal runs while the commands run.
  const [finish, reports] = await Promise.all([
    prepareJudgement(drafted, context, input.checksRights),
    input.runsBinaryCheck === false ? undefined : check && context.commands?.checkDisks(check),
  ])
  return { plan: finish(reports), desired, live, ...(readAt !== undefined && { readAt }) }
}

export interface SavedPlanInput extends Omit<PlanInput, 'checksRights' | 'runsBinaryCheck'> {
  /** The plan file. `desired` is the desired state that was read from it. */
  readonly file: Plan
}

export interface PlanFromFile extends MadePlan {
  readonly file: Plan
  readonly comparison: PlanComparison
}

/**
 * Plans again from the desired state in a plan file and from the cluster as it is now. The steps of
 * the file say what was approved, and which reloads and checks to repeat if no record shows that
 * they were done. Nothing else in the file is trusted. Runs no command of the file: the plan is
 * judged as if `binary_check` had passed for every file, and `check` runs it after a person has
 * approved. Throws a LockstepError (exit 4) if the file is for another cluster.
 */
export async function makePlanFromFile(
  input: SavedPlanInput,
  context: Context,
): Promise<PlanFromFile> {
  await checkCluster(input.file, context)
  const drafted = await draftFrom(input, context)
  const { desired, live, readAt, check } = drafted
  const file = withCurrentAddresses(input.file, live)
  const finish = await prepareJudgement(drafted, context)
  const { commands } = context
  const plan = finish(
    check !== undefined && commands !== undefined ? passedReports(check) : undefined,
  )
  const comparison = comparePlans(file, plan, { desired, live })
  const read = { desired, live, ...(readAt !== undefined && { readAt }) }
  const made = { plan, ...read, file, comparison }
  if (check === undefined || commands === undefined || check.files.length === 0) return made
  return { ...made, check: async () => finish(await commands.checkDisks(check)) }
}

async function checkCluster({ cluster }: Plan, context: Context): Promise<void> {
  const { id, name } = await context.identify()
  if (id === cluster.id) return
  throw new LockstepError({
    code: 'wrong-cluster',
    message: `the plan is for cluster ${cluster.name} (${cluster.id}), and this is ${name} (${id})`,
    exitCode: EXIT.stale,
    hint: 'Give the address of the cluster the plan was made on.',
  })
}

/** True if the plan has an error that was not accepted. */
export function isBlocked({ findings }: Pick<Plan, 'findings'>): boolean {
  return blockingFindings(findings).length > 0
}

export interface Drafted {
  readonly desired: DesiredState
  readonly live: LiveState
  /** As `MadePlan` has it. */
  readonly readAt: number | undefined
  readonly draft: DraftPlan
  readonly check: DiskCheck | undefined
}

/** The steps, from the cluster and the journals as they are now. Not yet judged. */
export async function draftFrom(
  input: PlanInput & Partial<SavedPlanInput>,
  context: Context,
): Promise<Drafted> {
  const { desired } = input
  context.secrets.learn({ desired })
  const readAt = input.live === undefined ? context.now().getTime() : undefined
  const live = input.live ?? (await context.observe(pluginsOf(desired)))
  const file = input.file && withCurrentAddresses(input.file, live)
  const runs = await readRuns(runsQuestion(desired, live), context)
  const past = pastOf(runs)
  const requested = file && requestedSteps(file, live, reloadsOf(file.plan_id, runs))
  const draft = draftPlan(desired, live, { ...past, ...(requested !== undefined && { requested }) })
  const command = desired.cluster.binaryCheck?.command
  const check =
    command === undefined ? undefined : { command, nodes: live.nodes, files: neededFiles(draft) }
  return { desired, live, readAt, draft, check }
}

/** `binaries`: what `binary_check` found; undefined if it did not run. */
type FinishPlan = (binaries: readonly BinaryReport[] | undefined) => FreshPlan

async function prepareJudgement(
  drafted: Drafted,
  context: Context,
  checksRights = true,
): Promise<FinishPlan> {
  const { desired, live, draft } = drafted
  const reading = checksRights ? readGrantedCapabilities(drafted, context) : 'not-asked'
  const rehearsal = rehearseDraft(draft, live)
  const capabilities = await reading
  return (binaries) =>
    judgePlan({
      desired,
      live,
      draft,
      rehearsal,
      runsCommands: context.commands !== undefined,
      today: today(context),
      ...(capabilities !== undefined && { capabilities }),
      ...(binaries !== undefined && { binaries }),
    })
}

async function readGrantedCapabilities(
  { desired, live, draft }: Drafted,
  { client }: Context,
): Promise<TokenRights | undefined> {
  const active = live.nodes.find(({ role }) => role === 'active')
  const steps: readonly Step[] = draft.steps
  const required = requiredCapabilities(steps, desired.cluster)
  if (active === undefined || required.length === 0) return undefined
  const paths = required.map(({ path }) => path)
  return readOwnCapabilities(client, active.address, paths)
}

/** The reports of a `binary_check` that passed for every file on every node. */
function passedReports({ nodes, files }: DiskCheck): readonly BinaryReport[] {
  return nodes.flatMap(({ address }) =>
    files.map(({ command, sha256: expected, for: use }): BinaryReport => ({
      node: address,
      command,
      expected,
      for: use,
      result: 'same',
    })),
  )
}
