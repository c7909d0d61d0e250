/** The program's entry. Answers `--version` without loading anything else. */
declare const __VERSION__: string

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${__VERSION__}\n`)
} else {
  const changes = args[0] === 'apply' || args[0] === 'rollback'
  // A reader that went away (`| head`) is no error of ours, and must not end a run half way.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (changes) return
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  // Nor must a terminal that was closed.
  process.stderr.on('error', () => undefined)
  const { loadMain, processHost, readCodeCache } = await import('./load-main.ts')
  const folder = import.meta.dirname
  const { main } = loadMain(folder, readCodeCache(folder))
  process.exitCode = await main(args, processHost(), __VERSION__)
}
