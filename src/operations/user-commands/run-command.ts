/** Runs a command of a mount's `verify`. */
import type { RunCommand } from '../../apply/verify.ts'
import { type CommandSetting, runBounded } from './run-bounded.ts'

/** In milliseconds. */
const TIME_LIMIT = 60_000

/**
 * Returns a function that runs a command. Its result is undefined if the command succeeded, else
 * the reason with the end of its output, without the secrets.
 */
export function runCommand({ environment, secrets }: CommandSetting): RunCommand {
  return async (command, variables) => {
    const env = { ...environment, ...variables }
    const result = await runBounded(command, { timeLimit: TIME_LIMIT, env, secrets: secrets() })
    return result.kind === 'ok' ? undefined : result.reason
  }
}
