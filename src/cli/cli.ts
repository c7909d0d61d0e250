/** The program's entry. Answers `--version` without loading anything else. */
declare const __VERSION__: string

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${__VERSION__}\n`)
} else {
  const changes = args[0] === 'apply' || args[0] === 'rollback'
  const lost: { why?: string } = {}
  // Neither a reader that went away (`| head`) nor a terminal that was closed is an error of ours:
  // the command goes on, and its exit code says what it found or did.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    const isGone = code === 'EPIPE' || code === 'EIO' || code === 'ERR_STREAM_DESTROYED'
    if (isGone || lost.why !== undefined) return
    lost.why = code ?? 'unknown'
    process.stderr.write(`The output could not be written (${lost.why}).\n`)
  })
  process.stderr.on('error', () => undefined)
  // A result that nobody can read is none; what a run did to a cluster stays done.
  process.on('exit', (code) => {
    if (lost.why !== undefined && code === 0 && !changes) process.exitCode = 1
  })
  const { loadMain, processHost, readCodeCache } = await import('./load-main.ts')
  const folder = import.meta.dirname
  const { main } = loadMain(folder, readCodeCache(folder))
  process.exitCode = await main(args, processHost(), __VERSION__)
}
