/** Runs one command, and turns its errors into an exit code and a message. */
import { type Command, CommanderError } from 'commander'
import { describeError, EXIT, type ExitCode, LockstepError } from '../domain/errors.ts'
import { line, lines } from '../domain/printable.ts'
import { errorDocument, exitDocument, usageDocument } from './error-document.ts'
import type { Host } from './host/host.ts'
import { createProgram } from './program.ts'
import { refuseSingleDash } from './refuse-single-dash.ts'

/** Runs one command. Returns the exit code of the process. */
export async function main(args: readonly string[], host: Host, version: string): Promise<number> {
  if (!args.includes('--json')) return (await runCommand(args, host, version)).code
  const printed = { any: false }
  const out = (text: string): void => {
    printed.any = true
    host.out(text)
  }
  const { code, document } = await runCommand(args, { ...host, out }, version)
  // stdout must hold one document. If the command printed its own, that says what was found or
  // done.
  if (code !== 0 && !printed.any) host.out(document ?? exitDocument(code))
  return code
}

interface CommandEnd {
  readonly code: ExitCode
  /** The document that `--json` prints for an error. */
  readonly document?: string
}

async function runCommand(
  args: readonly string[],
  host: Host,
  version: string,
): Promise<CommandEnd> {
  let code: ExitCode = EXIT.done
  const program = createProgram(
    host,
    { version, args },
    (result) => (code = result),
    (other, otherHost) => main(other, otherHost, version),
  )
  try {
    refuseSingleDash(program, args)
    await program.parseAsync(args, { from: 'user' })
    return { code }
  } catch (error) {
    // Commander has printed its message, or the help.
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
  const command = commands.find((candidate) => candidate.name() === name)
  return command?.options.some(({ long }) => long === '--file') === true
}

function report(error: unknown, host: Host): ExitCode {
  if (!(error instanceof LockstepError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    host.err('Error: this is a bug in lockstep, please report it.\n')
    for (const textLine of text.split('\n')) host.err(line`${textLine}`)
    return EXIT.error
  }
  host.err(lines('Error: ' + describeError(error)))
  return error.exitCode
}
