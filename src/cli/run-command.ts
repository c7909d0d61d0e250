/** Runs a command of a mount's `verify`: its output is kept only to say why it failed. */
import { runBounded } from './run-bounded.ts'

const TIME_LIMIT = 60_000

/** Why it failed, or undefined. `env` is added to the environment. */
export async function runCommand(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const ran = await runBounded(command, { timeLimit: TIME_LIMIT, env })
  return ran.kind === 'ok' ? undefined : ran.reason
}
