/** Runs a command of the user's file: bounded in time, its output kept only to say why it failed. */

const TIME_LIMIT = 60_000
const SHOWN = 300

/** Why it failed, or undefined. `env` is added to the environment. */
export async function runCommand(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const [program, ...args] = command
  if (program === undefined) return 'the command is empty'
  const { execa } = await import('execa')
  const result = await execa(program, args, {
    env,
    reject: false,
    timeout: TIME_LIMIT,
    stdin: 'ignore',
    // A group of its own: Ctrl-C lets the step under way finish, and this is part of it.
    detached: true,
    all: true,
  })
  if (!result.failed) return undefined
  if (result.timedOut) return `no end within ${TIME_LIMIT / 1000} s`
  if (result.code === 'ENOENT') return 'there is no such command'
  const told = result.all.trim().slice(-SHOWN)
  return `exit ${result.exitCode ?? result.signal ?? 'unknown'}${told === '' ? '' : `: ${told}`}`
}
