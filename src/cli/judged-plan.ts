/** Desired and live state to a plan that was judged by every rule and rehearsed. */
import { blockingFindings } from '../documents/blocking.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { Allowance, DesiredState } from '../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { readPast } from '../apply/past-runs.ts'
import { readOwnCapabilities } from '../live/capabilities.ts'
import { draftPlan, finishPlan } from '../plan/make-plan.ts'
import { wantedEnd } from '../plan/wanted-end.ts'
import { requiredCapabilities } from '../safety/capabilities.ts'
import { isBlocked as areBlocking, judge } from '../safety/judge.ts'
import { type NeededFile, neededFiles } from '../safety/needed-files.ts'
import type { BinaryReport, RuleInput } from '../safety/rule.ts'
import { RULES } from '../safety/rules.ts'
import { rehearse } from '../twin/rehearse.ts'
import type { Host } from './host.ts'
import { journalFolder } from './journal-folder.ts'
import type { Session } from './session.ts'

export interface JudgeOptions {
  /** `rule=subject`. */
  readonly allow?: readonly string[]
  /** Where journals are kept, if not in the user's state folder. */
  readonly journal?: string
}

export interface PlanJob {
  readonly desired: DesiredState
  readonly live: LiveState
  readonly session: Session
  readonly options: JudgeOptions
  readonly host: Host
}

/**
 * Plans, rehearses and judges; asks the server for the token's rights and runs the file's
 * `binary_check`. Throws a LockstepError for an `--allow` that is none.
 */
export async function makeJudgedPlan(job: PlanJob): Promise<Plan> {
  const { desired, live, options, host } = job
  job.session.secrets.learn({ desired })
  const folder = journalFolder(options, host, live.cluster.id)
  const draft = draftPlan(desired, live, readPast(folder, live.cluster.id))
  const check = desired.cluster.binaryCheck?.command
  const files = check === undefined ? [] : neededFiles(draft)
  const asked = Promise.all([readGranted(draft.steps, job), checkDisks(check, files, job)])
  // Rehearsed while the answers are under way.
  const rehearsal = rehearse({ live, steps: draft.steps, wanted: wantedEnd(draft, live) })
  const [capabilities, binaries] = await asked
  const findings = judge(
    {
      desired,
      live,
      draft,
      today: host.now().toISOString().slice(0, 10),
      rehearsal,
      runsCommands: job.session.commands !== undefined,
      ...(capabilities !== undefined && { capabilities }),
      ...(binaries !== undefined && { binaries: binaries.reports }),
    },
    [...desired.allow, ...(options.allow ?? []).map(parseAllowance)],
  )
  const binaryCheck = binaries?.planned
  return finishPlan(draft, desired, live, {
    findings,
    rehearsal,
    ...(binaryCheck !== undefined && { binaryCheck }),
  })
}

interface DisksChecked {
  readonly reports: readonly BinaryReport[]
  /** For a plan that is saved. */
  readonly planned: Plan['cluster']['binary_check']
}

async function checkDisks(
  command: readonly string[] | undefined,
  files: readonly NeededFile[],
  { live, session }: PlanJob,
): Promise<DisksChecked | undefined> {
  const { commands } = session
  if (command === undefined || commands === undefined) return undefined
  const { checkBinaries, plannedCheck } = await import('./binary-check.ts')
  return {
    reports: await checkBinaries({ command, nodes: live.nodes, files, commands }),
    planned: plannedCheck(command, files),
  }
}

async function readGranted(
  steps: Plan['steps'] | readonly Plan['steps'][number][],
  { desired, live, session }: PlanJob,
): Promise<RuleInput['capabilities']> {
  const active = live.nodes.find(({ role }) => role === 'active')
  const required = requiredCapabilities(steps, desired.cluster.lock?.kv)
  if (active === undefined || required.length === 0) return undefined
  const paths = required.map(({ path }) => path)
  return readOwnCapabilities(session.client, active.address, paths)
}

/** Throws a LockstepError for anything but `rule=subject` with a rule there is. */
function parseAllowance(text: string): Allowance {
  const at = text.indexOf('=')
  const [rule, subject] = [text.slice(0, at), text.slice(at + 1)]
  if (at <= 0 || subject === '') {
    throw new LockstepError({
      code: 'bad-allow',
      message: `--allow "${text}" is not rule=subject`,
      hint: 'Write it as the finding has it: --allow data-downgrade=secret/my-kv.',
    })
  }
  if (!RULES.some(({ name }) => name === rule)) {
    throw new LockstepError({
      code: 'bad-allow',
      message: `--allow names the rule "${rule}", which there is not`,
      hint: 'See the rules with lockstep explain.',
    })
  }
  return { rule, subject, because: 'allowed on the command line' }
}

export function isBlocked(plan: Plan): boolean {
  return areBlocking(plan.findings)
}

/** A right that is missing has an exit code of its own. */
export function blockedExitCode(plan: Plan): ExitCode {
  return blockingFindings(plan.findings).every(({ rule }) => rule === 'capability-missing')
    ? EXIT.notAllowed
    : EXIT.blocked
}
