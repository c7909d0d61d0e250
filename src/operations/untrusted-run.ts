/** Refuses a plan of untrusted files that needs a command or a variable of this machine. */
import type { RunCommand } from '../apply/verify.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import { shellWords } from '../domain/shell-words.ts'

/**
 * Returns the function that stands in for running commands. Throws a LockstepError (exit 3) before
 * anything is begun if the plan needs a command or a variable of this machine. Only skipping the
 * check would be wrong: a run could then pass a canary that was not checked.
 */
export function refuseUntrusted(plan: Plan, desired: DesiredState | undefined): RunCommand {
  const check = desired?.cluster.binaryCheck?.command ?? plan.cluster.binary_check?.command
  const verifications = plan.steps.flatMap(({ verify = [] }) => verify)
  const needed = new Set([
    ...(check === undefined ? [] : [`binary_check runs ${shellWords(check)}`]),
    ...verifications.flatMap((verification) =>
      verification.kind === 'run'
        ? [`verify of ${verification.mount} runs ${shellWords(verification.command)}`]
        : [],
    ),
    ...plan.steps.flatMap(({ action }) =>
      action.kind !== 'register'
        ? []
        : action.env.flatMap(({ name, from }) =>
            from === undefined ? [] : [`${action.plugin} takes ${name} from the variable ${from}`],
          ),
    ),
  ])
  if (needed.size > 0) {
    throw new LockstepError({
      code: 'untrusted-files',
      message: [
        'with --untrusted-files no command of the file is run and no variable is read, but this plan needs:',
        ...needed,
      ].join('\n    '),
      exitCode: EXIT.blocked,
      hint: 'Nothing was begun. Review the file; if you trust it, apply it without --untrusted-files (unset LOCKSTEP_UNTRUSTED_FILES).',
    })
  }
  return () => Promise.resolve('commands of untrusted files are not run')
}
