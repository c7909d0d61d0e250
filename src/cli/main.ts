/** Runs one command and turns whatever happens into an exit code and words for the user. */
import { type Command, CommanderError } from 'commander'
import { describeError, EXIT, type ExitCode, LockstepError } from '../domain/errors.ts'
import { line, lines } from '../domain/printable.ts'
import { errorDocument, exitDocument, usageDocument } from './error-document.ts'
import type { Host } from './host/host.ts'
import { createProgram } from './program.ts'

/** Runs one command; the process's exit code. */
export async function main(args: readonly string[], host: Host, version: string): Promise<number> {
  if (!args.includes('--json')) return (await runCommand(args, host, version)).code
  const printed = { any: false }
  const out = (text: string): void => {
    printed.any = true
    host.out(text)
  }
  const { code, document } = await runCommand(args, { ...host, out }, version)
  // Two documents would be none: where a command printed its own, that says what was found or done.
  if (code !== 0 && !printed.any) host.out(document ?? exitDocument(code))
  return code
}

interface Ended {
  readonly code: ExitCode
  /** What `--json` prints of an error. */
  readonly document?: string
}

async function runCommand(args: readonly string[], host: Host, version: string): Promise<Ended> {
  let code: ExitCode = EXIT.done
  const program = createProgram(
    host,
    { version, args },
    (result) => (code = result),
    (other, otherHost) => main(other, otherHost, version),
  )
  try {
    await program.parseAsync(args, { from: 'user' })
    return { code }
  } catch (error) {
    // Commander has printed its own message, or the help that was asked for.
    if (error instanceof CommanderError) {
      if (error.code === 'commander.excessArguments' && takesFiles(program, args)) {
        host.err('Files and directories of desired state are given with -f.\n')
      }
      const usage = error.exitCode === 0 ? EXIT.done : EXIT.error
      return { code: usage, document: usageDocument(error.message, usage) }
    }
    return { code: report(error, host), document: errorDocument(error) }
  }
}

function takesFiles({ commands }: Command, [name]: readonly string[]): boolean {
  const command = commands.find((one) => one.name() === name)
  return command?.options.some(({ long }) => long === '--file') === true
}

function report(error: unknown, host: Host): ExitCode {
  if (!(error instanceof LockstepError)) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
    host.err('Error: this is a bug in lockstep, please report it.\n')
    for (const one of told.split('\n')) host.err(line`${one}`)
    return EXIT.error
  }
  host.err(lines('Error: ' + describeError(error)))
  return error.exitCode
}
