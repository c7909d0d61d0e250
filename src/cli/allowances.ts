/** What a command adds to an operation that makes a plan: `--allow`, and the exit code of a blocked plan. */
import { blockingFindings } from '../documents/blocking.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { Allowance, DesiredState } from '../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError } from '../domain/errors.ts'
import { RULES } from '../safety/rules.ts'

/** The reason that an allowance of the command line has, since it gives none. */
const ALLOWED_ON_COMMAND_LINE = 'allowed on the command line'

export interface AllowOptions {
  /** `rule=subject`. */
  readonly allow?: readonly string[]
}

/** Throws a LockstepError for an `--allow` that is not one. */
export function withAllowances(desired: DesiredState, allow: readonly string[] = []): DesiredState {
  return { ...desired, allow: [...desired.allow, ...allow.map(parseAllowance)] }
}

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

/** A right that is missing has an exit code of its own. */
export function blockedExitCode(plan: Plan): ExitCode {
  return blockingFindings(plan.findings).every(({ rule }) => rule === 'capability-missing')
    ? EXIT.notAllowed
    : EXIT.blocked
}
