/** The program's entry. Answers `--version` without loading anything else. */
import { processHost } from './host.ts'

declare const __VERSION__: string

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${__VERSION__}\n`)
} else {
  // A reader that went away (`| head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  const { main } = await import('./main.ts')
  process.exitCode = await main(args, processHost(), __VERSION__)
}
