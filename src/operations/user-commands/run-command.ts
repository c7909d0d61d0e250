/** Runs a command of a mount's `verify`. */
import type { RunCommand } from '../../apply/verify.ts'
import { type CommandSetting, runBounded } from './run-bounded.ts'

/** Milliseconds. */
const TIME_LIMIT = 60_000

/** The output of a command is kept only to say why it failed, without the secrets. */
export function runCommand({ environment, secrets }: CommandSetting): RunCommand {
  return async (command, where) => {
    const env = { ...environment, ...where }
    const ran = await runBounded(command, { timeLimit: TIME_LIMIT, env, secrets: secrets() })
    return ran.kind === 'ok' ? undefined : ran.reason
  }
}
