/** What a command plans with: flags and session to the use case that makes a plan. */
import { blockingFindings } from '../documents/blocking.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { Allowance, DesiredState } from '../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { type DiskCheck, makePlan, type PlanInput } from '../operations/make-plan.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { blocksPlan as areBlocking } from '../safety/judge.ts'
import { RULES } from '../safety/rules.ts'
import type { Host } from './host/host.ts'
import { journalFolder } from './journal-folder.ts'
import type { Session } from './session.ts'

/** The reason that an allowance of the command line has, since it gives none. */
const ALLOWED_ON_COMMAND_LINE = 'allowed on the command line'

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
export function makeJudgedPlan(job: PlanJob): Promise<FreshPlan> {
  return makePlan(planInput(job))
}

/** Throws a LockstepError for an `--allow` that is none. */
export function planInput({ desired, live, session, options, host }: PlanJob): PlanInput {
  session.secrets.learn({ desired })
  const { commands } = session
  return {
    desired: withAllowances(desired, options.allow),
    live,
    client: session.client,
    folder: journalFolder(options, host, live.cluster.id),
    now: host.now,
    ...(commands !== undefined && {
      checkDisks: async (check: DiskCheck) => {
        const { checkBinaries } = await import('./user-commands/binary-check.ts')
        return checkBinaries({ ...check, commands })
      },
    }),
  }
}

function withAllowances(desired: DesiredState, allow: readonly string[] = []): DesiredState {
  return { ...desired, allow: [...desired.allow, ...allow.map(parseAllowance)] }
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
  return { rule, subject, because: ALLOWED_ON_COMMAND_LINE }
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
