/** The commands of a mount's `verify`: looked for before a run, and run after a reload. */
import type { Plan } from '../../documents/plan.generated.ts'
import { LockstepError } from '../../domain/errors.ts'
import type { RunCommand } from '../../apply/verify.ts'
import { isCommand } from './find-command.ts'
import { type Commands, runBounded } from './run-bounded.ts'

const TIME_LIMIT = 60_000

/** Its output is kept only to say why it failed, without these secrets. */
export function commandRunner({ environment, secrets }: Commands): RunCommand {
  return async (command, where) => {
    const env = { ...environment, ...where }
    const ran = await runBounded(command, { timeLimit: TIME_LIMIT, env, secrets: secrets() })
    return ran.kind === 'ok' ? undefined : ran.reason
  }
}

/**
 * Throws a LockstepError for the commands that a plan's `verify` runs and that cannot be started
 * here: better before the first step than after a reload, which would be undone for that alone.
 */
export function checkCommands({ steps }: Plan, path: string | undefined): void {
  const checks = steps.flatMap(({ verify = [] }) => verify)
  const missing = checks.flatMap((check) => {
    const program = check.kind === 'run' ? check.command[0] : undefined
    // A place is filled in for each node.
    if (program === undefined || program.includes('{') || isCommand(program, path)) return []
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
