/** The command line: which commands there are and what they take. Each loads what it needs itself. */
import { Command, CommanderError } from 'commander'
import { EXIT, type ExitCode, LockstepError } from '../domain/errors.ts'
import type { Host } from './host.ts'
import { addClusterOptions, addFileOptions, addOutputOptions, collect } from './options.ts'

/** Runs one command; the process's exit code. */
export async function main(args: readonly string[], host: Host, version: string): Promise<number> {
  let code: ExitCode = EXIT.done
  const program = createProgram(host, version, (result) => (code = result))
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Commander has printed its own message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode
    return report(error, host)
  }
}

function report(error: unknown, host: Host): number {
  if (!(error instanceof LockstepError)) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
    host.err(`Error: this is a bug in lockstep, please report it.\n${told}\n`)
    return EXIT.error
  }
  host.err(`Error: ${error.message}\n`)
  if (error.hint !== undefined) host.err(`  ${error.hint}\n`)
  return error.exitCode
}

type Done = (code: ExitCode) => void

function createProgram(host: Host, version: string, done: Done): Command {
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
      writeErr: host.err,
      getOutHelpWidth: () => host.width,
      getErrHelpWidth: () => host.width,
    })
    .addHelpText('after', EXIT_CODES)
  addValidate(program, host, done)
  addPlan(program, host, done)
  addApply(program, host, done)
  addStatus(program, host, done)
  return program
}

const EXIT_CODES = `
Exit codes:
  0    done
  1    error: bad input, a server's error
  2    plan --detailed-exitcode: there are changes to make
  3    blocked by findings
  4    the plan is stale
  5    a step failed and what it touched was put back
  6    a step failed and was not put back: needs a person
  7    locked by another run
  8    not allowed: the token, or a right it lacks
  130  interrupted; run again to go on`

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`
}

function addValidate(program: Command, host: Host, done: Done): void {
  const command = program
    .command('validate')
    .argument('[paths...]', 'files or directories, each checked on its own')
    .description('Check files of desired state without asking any server')
    .option('--json', 'print the problems as JSON')
    .addHelpText(
      'after',
      examples(
        'lockstep validate',
        'lockstep validate examples/*/',
        'lockstep validate -f base.yaml -f prod.yaml   # merged, as plan reads them',
      ),
    )
    .action(async (paths: string[], options) => {
      const { validate } = await import('./commands/validate.ts')
      done(await validate(paths, options, host))
    })
  addOutputOptions(addFileOptions(command))
}

function addPlan(program: Command, host: Host, done: Done): void {
  const command = program
    .command('plan')
    .description('Show what would bring the cluster to the desired state; changes nothing')
    .option('--detailed-exitcode', 'exit 2 when there are changes to make')
    .option('--json', 'print the plan as JSON')
    .addHelpText(
      'after',
      examples(
        'lockstep plan -f lockstep.yaml',
        'lockstep plan -f prod/ --detailed-exitcode',
        'lockstep plan --json | jq .steps',
      ),
    )
    .action(async (options) => {
      const { plan } = await import('./commands/plan.ts')
      done(await plan(options, host))
    })
  addOutputOptions(addClusterOptions(addFileOptions(command)))
}

function addApply(program: Command, host: Host, done: Done): void {
  const command = program
    .command('apply')
    .description('Plan, ask, and carry the plan out step by step')
    .option('--auto-approve', 'do not ask')
    .option('--no-input', 'never ask: fail where a question would be')
    .option('--json', 'print what is done as JSON, one event a line')
    .addHelpText(
      'after',
      examples('lockstep apply -f lockstep.yaml', 'lockstep apply -f prod/ --auto-approve'),
    )
    .action(async (options) => {
      const { apply } = await import('./commands/apply.ts')
      done(await apply(options, host))
    })
  addOutputOptions(addClusterOptions(addFileOptions(command)))
}

function addStatus(program: Command, host: Host, done: Done): void {
  const command = program
    .command('status')
    .description('Show what every mount is configured for and runs, node by node')
    .option('--json', 'print the whole live state as JSON')
    .option('--plugin <type/name>', 'show the mounts of this plugin only', collect)
    .addHelpText('after', examples('lockstep status', 'lockstep status --plugin secret/my-kv'))
    .action(async (options) => {
      const { status } = await import('./commands/status.ts')
      done(await status(options, host))
    })
  addOutputOptions(addClusterOptions(addFileOptions(command)))
}
