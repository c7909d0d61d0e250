/** `--allow`. */
import type { Allowance, DesiredState } from '../domain/desired.ts'
import { LockstepError } from '../domain/errors.ts'
import { RULES } from '../safety/rules.ts'

/** The reason of an allowance from the command line, which cannot give one. */
const ALLOWED_ON_COMMAND_LINE = 'allowed on the command line'

export interface AllowOptions {
  /** `rule=subject`. */
  readonly allow?: readonly string[]
}

/**
 * The desired state with the allowances of `--allow` added. Throws a LockstepError for an `--allow`
 * that is not `rule=subject` with a known rule.
 */
export function withAllowances(desired: DesiredState, allow: readonly string[] = []): DesiredState {
  return { ...desired, allow: [...desired.allow, ...allow.map(parseAllowance)] }
}

function parseAllowance(text: string): Allowance {
  const separator = text.indexOf('=')
  const [rule, subject] = [text.slice(0, separator), text.slice(separator + 1)]
  if (separator <= 0 || subject === '') {
    throw new LockstepError({
      code: 'bad-allow',
      message: `--allow "${text}" is not rule=subject`,
      hint: 'Write it as the finding has it: --allow data-downgrade=secret/my-kv.',
    })
  }
  if (!RULES.some(({ name }) => name === rule)) {
    throw new LockstepError({
      code: 'bad-allow',
      message: `--allow: there is no rule "${rule}"`,
      hint: 'See the rules with lockstep explain.',
    })
  }
  return { rule, subject, because: ALLOWED_ON_COMMAND_LINE }
}
