/**
 * Runs a command of the user's file, with a time limit and with only the given environment. If the
 * limit ends it, or this program exits, the processes that the command started are killed too. The
 * output of foreign programs enters only here: known secrets are removed from it.
 */
import pLimit from 'p-limit'
import { withoutSecrets } from '../secrets/mask.ts'

/** The environment and the secrets for every command of a file. */
export interface CommandSetting {
  readonly environment: Readonly<Record<string, string>>
  /** The secrets to remove from the output. */
  readonly secrets: () => readonly string[]
}

export interface Bounds {
  /** Milliseconds. */
  readonly timeLimit: number
  /** The secrets to remove from the output. */
  readonly secrets: readonly string[]
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>
}

export type CommandResult =
  | { readonly kind: 'ok'; readonly stdout: string }
  /** `reason`: why, with the end of its output. */
  | { readonly kind: 'failed'; readonly reason: string }

/** In characters. A command that prints more is killed. */
const LARGEST_OUTPUT = 10_000_000
/** The number of characters of a failed command's output that are shown. */
const SHOWN_OUTPUT = 300
/** Milliseconds that the output of a killed command may take to end. */
const GRACE = 1000

/**
 * Commands that run at the same time. Each may open a connection, and a check of many files on many
 * nodes runs many of them.
 */
const AT_ONCE = 8
const limitConcurrency = pLimit(AT_ONCE)

/**
 * Runs the command when fewer than eight run. The time limit counts from its start. Never throws.
 */
export function runBounded(command: readonly string[], bounds: Bounds): Promise<CommandResult> {
  return limitConcurrency(() => run(command, bounds))
}

async function run(
  [program = '', ...args]: readonly string[],
  { timeLimit, env, secrets }: Bounds,
): Promise<CommandResult> {
  const { execa } = await import('execa')
  const running = execa(program, args, {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    // In its own process group. So Ctrl-C does not end the command, which may belong to the step
    // under way that is allowed to finish, and the processes that the command has started can be
    // killed with it.
    detached: true,
    all: true,
    maxBuffer: LARGEST_OUTPUT,
  })
  const killOnExit = (): void => {
    killGroup(running.pid)
  }
  // A second Ctrl-C ends this process at once. The command is in its own process group, so it would
  // continue.
  process.once('exit', killOnExit)
  const timer: { limit?: NodeJS.Timeout; grace?: NodeJS.Timeout } = {}
  const timedOut = new Promise<undefined>((resolve) => {
    timer.limit = setTimeout(() => {
      killGroup(running.pid)
      timer.grace = setTimeout(() => {
        resolve(undefined)
      }, GRACE)
    }, timeLimit)
  })
  const result = await Promise.race([running, timedOut])
  const wasKilled = timer.grace !== undefined
  clearTimeout(timer.limit)
  clearTimeout(timer.grace)
  process.off('exit', killOnExit)
  if (result === undefined || wasKilled) {
    return { kind: 'failed', reason: `no end within ${timeLimit / 1000} s` }
  }
  if (!result.failed) return { kind: 'ok', stdout: withoutSecrets(result.stdout, secrets) }
  if (result.isMaxBuffer) {
    killGroup(running.pid)
    return {
      kind: 'failed',
      reason: `it printed more than ${LARGEST_OUTPUT / 1_000_000} million characters`,
    }
  }
  if (result.code === 'ENOENT')
    return { kind: 'failed', reason: `there is no command "${program}"` }
  if (result.code === 'EACCES') return { kind: 'failed', reason: `${program} may not be executed` }
  // Remove the secrets before cutting the text: a secret that was cut in half is not recognized.
  const output = withoutSecrets(result.all.trim(), secrets).slice(-SHOWN_OUTPUT)
  const code = result.exitCode ?? result.signal ?? result.code ?? 'unknown'
  return { kind: 'failed', reason: `exit ${code}${output === '' ? '' : `: ${output}`}` }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The process has ended by itself meanwhile.
  }
}
