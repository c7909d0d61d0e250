/**
 * Runs a command of the user's file, for so long and no longer, whatever it has started, with the
 * environment that it is given and no other. The one place where foreign output enters: it is told
 * without the secrets that the run knows of.
 */
import pLimit from 'p-limit'
import { withoutSecrets } from '../secrets/mask.ts'

/** What every command of a file is run with. */
export interface CommandSetting {
  readonly environment: Readonly<Record<string, string>>
  /** What their output is told without. */
  readonly secrets: () => readonly string[]
}

export interface Bounds {
  /** Milliseconds. */
  readonly timeLimit: number
  /** What its output is told without. */
  readonly secrets: readonly string[]
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>
}

export type Ran =
  | { readonly kind: 'ok'; readonly stdout: string }
  /** Why, in words; what it printed last. */
  | { readonly kind: 'failed'; readonly reason: string }

/** Characters: a command that prints without end is ended. */
const LARGEST_OUTPUT = 10_000_000
/** Characters of a failed command's output that are told. */
const TOLD = 300
/** Milliseconds in which a killed command's output must end. */
const GRACE = 1000

/** Commands under way at once: a check of many files on many nodes is as many connections. */
const AT_ONCE = 8
const oneOfFew = pLimit(AT_ONCE)

/** Waits its turn; the time limit counts from the command's start. Never throws. */
export function runBounded(command: readonly string[], bounds: Bounds): Promise<Ran> {
  return oneOfFew(() => run(command, bounds))
}

async function run(
  [program = '', ...args]: readonly string[],
  { timeLimit, env, secrets }: Bounds,
): Promise<Ran> {
  const { execa } = await import('execa')
  const running = execa(program, args, {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    // A group of its own: Ctrl-C lets the step under way finish, and this may be part of it; and
    // what the command has started ends with it.
    detached: true,
    all: true,
    maxBuffer: LARGEST_OUTPUT,
  })
  const killWithUs = (): void => {
    killGroup(running.pid)
  }
  // A second Ctrl-C ends this process at once; being a group of its own, the command would go on.
  process.once('exit', killWithUs)
  const timer: { limit?: NodeJS.Timeout; grace?: NodeJS.Timeout } = {}
  const tooLong = new Promise<undefined>((resolve) => {
    timer.limit = setTimeout(() => {
      killGroup(running.pid)
      timer.grace = setTimeout(() => {
        resolve(undefined)
      }, GRACE)
    }, timeLimit)
  })
  const result = await Promise.race([running, tooLong])
  const late = timer.grace !== undefined
  clearTimeout(timer.limit)
  clearTimeout(timer.grace)
  process.off('exit', killWithUs)
  if (result === undefined || late) {
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
  // Before it is cut: half a secret would not be known again.
  const told = withoutSecrets(result.all.trim(), secrets).slice(-TOLD)
  const code = result.exitCode ?? result.signal ?? result.code ?? 'unknown'
  return { kind: 'failed', reason: `exit ${code}${told === '' ? '' : `: ${told}`}` }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself just now.
  }
}
