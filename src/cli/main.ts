/** Runs one command and turns whatever happens into an exit code and words for the user. */
import { type Command, CommanderError } from 'commander'
import { describeError, EXIT, type ExitCode, LockstepError } from '../domain/errors.ts'
import { line, lines } from '../domain/printable.ts'
import type { Host } from './host/host.ts'
import { createProgram } from './program.ts'

/** Runs one command; the process's exit code. */
export async function main(args: readonly string[], host: Host, version: string): Promise<number> {
  let code: ExitCode = EXIT.done
  const program = createProgram(
    host,
    { version, args },
    (result) => (code = result),
    (other, otherHost) => main(other, otherHost, version),
  )
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Commander has printed its own message, or the help that was asked for.
    if (error instanceof CommanderError) {
      if (error.code === 'commander.excessArguments' && takesFiles(program, args)) {
        host.err('Files and directories of desired state are given with -f.\n')
      }
      return error.exitCode
    }
    return report(error, host)
  }
}

function takesFiles({ commands }: Command, [name]: readonly string[]): boolean {
  const command = commands.find((one) => one.name() === name)
  return command?.options.some(({ long }) => long === '--file') === true
}

function report(error: unknown, host: Host): number {
  if (!(error instanceof LockstepError)) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
    host.err('Error: this is a bug in lockstep, please report it.\n')
    for (const one of told.split('\n')) host.err(line`${one}`)
    return EXIT.error
  }
  host.err(lines('Error: ' + describeError(error)))
  return error.exitCode
}
