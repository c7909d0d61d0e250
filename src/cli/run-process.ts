/**
 * What every form of the program does with the process: it answers `--version` without loading
 * anything else, and reports an output that could not be written.
 */
import type { Host } from './host/host.ts'

declare const __VERSION__: string

interface Program {
  readonly main: (typeof import('./main.ts'))['main']
  readonly processHost: () => Host
}

/** `load` is called unless only the version is asked for. Sets the exit code of the process. */
export async function runProcess(load: () => Promise<Program>): Promise<void> {
  const args = process.argv.slice(2)
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.write(`${__VERSION__}\n`)
    return
  }
  const changesCluster = args[0] === 'apply' || args[0] === 'rollback'
  const writeError: { why?: string } = {}
  // The reader may have ended (`| head`) or the terminal may have been closed. Neither is an error
  // of the command: it continues, and its exit code says what it found or did.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    const isGone = code === 'EPIPE' || code === 'EIO' || code === 'ERR_STREAM_DESTROYED'
    if (isGone || writeError.why !== undefined) return
    writeError.why = code ?? 'unknown'
    process.stderr.write(`The output could not be written (${writeError.why}).\n`)
  })
  process.stderr.on('error', () => undefined)
  // A result that could not be written is an error. `apply` and `rollback` keep their exit code,
  // which says what the run did.
  process.on('exit', (code) => {
    if (writeError.why !== undefined && code === 0 && !changesCluster) process.exitCode = 1
  })
  const { main, processHost } = await load()
  process.exitCode = await main(args, processHost(), __VERSION__)
}
