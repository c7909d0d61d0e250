/** What carrying out a plan may use of this machine where others wrote its file: nothing. */
import type { RunCommand } from '../apply/verify.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import { shellWords } from '../domain/shell-words.ts'

/**
 * Throws a LockstepError (exit 3), before anything is begun, where the plan needs a command or a
 * variable of this machine: to leave a check out would let a run pass a canary unchecked.
 */
export function refuseUntrusted(plan: Plan, desired: DesiredState | undefined): RunCommand {
  const check = desired?.cluster.binaryCheck?.command ?? plan.cluster.binary_check?.command
  const verifications = plan.steps.flatMap(({ verify = [] }) => verify)
  const needed = new Set([
    ...(check === undefined ? [] : [`binary_check runs ${shellWords(check)}`]),
    ...verifications.flatMap((one) =>
      one.kind === 'run' ? [`verify of ${one.mount} runs ${shellWords(one.command)}`] : [],
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
        'with --untrusted-files no command of the file is run and no variable is read, and this plan needs both or one of them:',
        ...needed,
      ].join('\n    '),
      exitCode: EXIT.blocked,
      hint: 'Nothing was begun. Review the file; if you trust it, apply it without --untrusted-files (unset LOCKSTEP_UNTRUSTED_FILES).',
    })
  }
  return () => Promise.resolve('commands of untrusted files are not run')
}
