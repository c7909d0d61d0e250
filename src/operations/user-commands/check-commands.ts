/** Checks that the commands of a plan can be started, before anything is begun. */
import type { Plan } from '../../documents/plan.generated.ts'
import { LockstepError } from '../../domain/errors.ts'
import type { Commands } from './commands.ts'

/**
 * Throws a LockstepError if a command of the plan's `verify` cannot be started here. Otherwise the
 * missing command would be found only after a reload, and that reload would be rolled back.
 */
export function checkCommands({ steps }: Plan, { canStart }: Pick<Commands, 'canStart'>): void {
  const checks = steps.flatMap(({ verify = [] }) => verify)
  const missing = checks.flatMap((check) => {
    const program = check.kind === 'run' ? check.command[0] : undefined
    // A placeholder is filled in for each node, so the program is not known yet.
    if (program === undefined || program.includes('{') || canStart(program)) return []
    return `verify of ${check.mount} runs ${program}`
  })
  if (missing.length === 0) return
  throw new LockstepError({
    code: 'no-such-command',
    message: 'the plan runs commands that cannot be started on this machine:',
    details: [...new Set(missing)],
    hint: 'Nothing was begun. Install it here, or put the right name or path into the file.',
  })
}
