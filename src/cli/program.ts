/** Builds the command line: its commands, its help, and its messages. */
import { Command } from 'commander'
import { printable } from '../domain/printable.ts'
import type { AddCommand, Done } from './add-command.ts'
import type { RunProgram } from './demo/story.ts'
import type { Host } from './host/host.ts'
import {
  addDemo,
  addDoctor,
  addDrift,
  addExplain,
  addHistory,
  addImport,
  addLock,
  addPolicy,
  addStatus,
  addValidate,
  addVerify,
} from './inspect-commands.ts'
import { addApply, addComment, addPlan, addRollback, addShow } from './plan-commands.ts'
import { addCompletion, addInit } from './setup-commands.ts'

/** `done` is called with the exit code of the command that ran. `run` runs another command. */
export function createProgram(
  host: Host,
  { version, args }: { readonly version: string; readonly args: readonly string[] },
  done: Done,
  run: RunProgram,
): Command {
  const program = new Command('lockstep')
    .description(
      'Brings every node of an OpenBao or Vault cluster to the plugin versions in a YAML file:\n' +
        'plans the steps, checks that stopping after any of them is safe, and carries them out.',
    )
    .version(version, '-V, --version')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('Run lockstep --help to see the commands.')
    .exitOverride()
    .configureOutput({
      writeOut: host.out,
      writeErr: (text) => host.err(quoteArguments(text, args)),
      getOutHelpWidth: () => helpWidth(host),
      getErrHelpWidth: () => helpWidth(host),
    })
    .addHelpText('after', EXIT_CODES)
  for (const add of COMMANDS) add(program, host, done, run)
  return program
}

/** Escapes control characters in the arguments that messages of the parser repeat. */
function quoteArguments(text: string, args: readonly string[]): string {
  return args
    .flatMap((arg) => [arg, arg.split('=')[0] ?? ''])
    .filter((arg) => printable(arg) !== arg)
    .reduce((escaped, arg) => escaped.replaceAll(arg, printable(arg)), text)
}

function helpWidth(host: Host): number {
  return Number.isFinite(host.width) ? host.width : 100
}

const EXIT_CODES = `
Exit codes:
  0    done
  1    error: bad input, a server's error
  2    plan --detailed-exitcode: there are changes to make; drift: there is drift
  3    blocked by findings
  4    the plan is stale
  5    a step failed and what it touched was rolled back
  6    a step failed and was not rolled back: needs a person
  7    locked by another run
  8    not allowed: the token, or a right it lacks
  9    drift, plan --detailed-exitcode: nothing differs for sure, but not everything could be read
  10   stopped between two versions, and nothing failed; run again to resume
  130  interrupted; run again to resume`

/** In the order in which the help lists them. */
const COMMANDS: readonly AddCommand[] = [
  addInit,
  addValidate,
  addPlan,
  addShow,
  addComment,
  addApply,
  addRollback,
  addStatus,
  addDrift,
  addVerify,
  addImport,
  addPolicy,
  addExplain,
  addHistory,
  addLock,
  addDoctor,
  addCompletion,
  addDemo,
]
