/** The command line: which commands there are and what they take. Each loads what it needs itself. */
import { Command, Option } from 'commander'
import type { ExitCode } from '../domain/errors.ts'
import { printable } from '../domain/printable.ts'
import type { ApplyOptions, CarryingOptions } from './approve-and-apply.ts'
import type { RunProgram } from './demo/story.ts'
import type { Host } from './host/host.ts'
import {
  addAllowOption,
  addDetailOption,
  addClusterOptions,
  addFileOptions,
  addFormatOption,
  addOutputOptions,
  addPassEnvOption,
  addReviewOptions,
  type CommonOptions,
  collect,
  type FileOptions,
  maxAgeOption,
  type OutputOptions,
  type ReviewOptions,
  seconds,
} from './options.ts'

type Done = (code: ExitCode) => void

/** `done` is told the exit code of the command that ran; `run` runs another command. */
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

/** The library's messages quote arguments as they were typed: each stays on its line. */
function quoteArguments(text: string, args: readonly string[]): string {
  return args
    .flatMap((arg) => [arg, arg.split('=')[0] ?? ''])
    .filter((arg) => printable(arg) !== arg)
    .reduce((told, arg) => told.replaceAll(arg, printable(arg)), text)
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
  10   stopped between two versions, and nothing failed; run again to resume
  130  interrupted; run again to resume`

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`
}

type Add = (program: Command, host: Host, done: Done, run: RunProgram) => void

const addValidate: Add = (program, host, done) => {
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
        'lockstep validate --format github   # annotations at file and line',
        'lockstep validate -f base.yaml -f prod.yaml   # merged, as plan reads them',
      ),
    )
    .action(async (paths: string[], options: FileOptions & OutputOptions) => {
      const { validate } = await import('./commands/validate.ts')
      done(await validate(paths, options, host))
    })
  addOutputOptions(addFileOptions(addFormatOption(command)))
}

const addPlan: Add = (program, host, done) => {
  const command = program
    .command('plan')
    .description('Show what would bring the cluster to the desired state; changes nothing')
    .option('--out <file>', 'save the plan, for lockstep apply <file>')
    .option('--detailed-exitcode', 'exit 2 when there are changes to make')
    .option('--json', 'print the plan as JSON')
    .option('--journal <dir>', 'where the journals of earlier runs are kept')
    .addHelpText(
      'after',
      examples(
        'lockstep plan -f lockstep.yaml',
        'lockstep plan -f prod/ --detailed-exitcode',
        'lockstep plan --out plan.json && lockstep apply plan.json',
      ),
    )
    .action(async (options: CommonOptions & ReviewOptions) => {
      const { plan } = await import('./commands/plan.ts')
      done(await plan(options, host))
    })
  addFormatOption(addReviewOptions(command))
  addOutputOptions(
    addClusterOptions(addFileOptions(addPassEnvOption(addAllowOption(addDetailOption(command))))),
  )
}

const addShow: Add = (program, host, done) => {
  const command = program
    .command('show')
    .argument('<plans...>', 'plans saved by plan --out of a version with the same plan format')
    .description('Show saved plans; asks no server, and exits 1 if a file was edited')
    .option('--json', 'print the plan as JSON')
    .addHelpText(
      'after',
      examples(
        'lockstep show plan.json',
        'lockstep show plan.json --markdown > comment.md',
        'lockstep show prod-eu.json prod-us.json --markdown   # one comment for both clusters',
      ),
    )
    .action(async (paths: readonly string[], options: OutputOptions & ReviewOptions) => {
      const { show } = await import('./commands/show.ts')
      done(await show(paths, options, host))
    })
  addOutputOptions(addDetailOption(addFormatOption(addReviewOptions(command))))
}

const addApply: Add = (program, host, done) => {
  const command = program
    .command('apply')
    .argument('[plan]', 'a plan saved by plan --out; without it, one is made now')
    .description('Plan, ask, and carry the plan out step by step')
    .option('--auto-approve', 'do not ask')
    .option('--no-input', 'never ask: fail instead')
    .option('--expect <plan_id>', 'apply the plan only if this is its id')
    .addOption(maxAgeOption('refuse a saved plan older than this'))
    .option(
      '--soak <duration>',
      'watch each reloaded mount this long before the next step',
      seconds,
    )
    .addOption(waitOption())
    .option('--journal <dir>', 'where the journals are kept')
    .option('--log-file <file>', 'log every request to a file (never a token or a value)')
    .option('--json', 'print each event as a line of JSON')
    .addHelpText(
      'after',
      '\nWith a saved plan, --allow accepts nothing new: it repeats an allowance that the plan has. With\n-f too, repeat each allowance that the plan has and the file lacks; without --allow, apply exits 4.\n' +
        examples(
          'lockstep apply -f lockstep.yaml',
          'lockstep apply -f prod/ --auto-approve --soak 30s',
          'lockstep apply plan.json --expect 4f1c… --auto-approve',
        ),
    )
    .action(async (plan: string | undefined, options: ApplyOptions) => {
      const { apply } = await import('./commands/apply.ts')
      done(await apply(plan, options, host))
    })
  addOutputOptions(
    addClusterOptions(addFileOptions(addPassEnvOption(addAllowOption(addDetailOption(command))))),
  )
}

function waitOption(): Option {
  return new Option('--wait <duration>', 'wait this long for a leader, or a node that is away')
    .argParser(seconds)
    .default(60, '60s')
}

const addRollback: Add = (program, host, done) => {
  const command = program
    .command('rollback')
    .argument(
      '[run]',
      'run id or its first characters (default: the latest run, with the runs that it resumed)',
    )
    .description('Plan the rollback of a run, ask, and carry it out')
    .option('--auto-approve', 'do not ask')
    .option('--no-input', 'never ask: fail instead')
    .option(
      '--soak <duration>',
      'watch each reloaded mount this long before the next step',
      seconds,
    )
    .addOption(waitOption())
    .option('--journal <dir>', 'where the journals are kept')
    .option('--log-file <file>', 'log every request to a file (never a token or a value)')
    .option('--json', 'print each event as a line of JSON')
    .addHelpText(
      'after',
      '\nGive the file with -f: it says whether the older version reads the newer one’s data.\n' +
        examples(
          'lockstep rollback -f lockstep.yaml',
          'lockstep rollback 2026-05-01T10 -f prod/ --auto-approve',
        ),
    )
    .action(async (run: string | undefined, options: CarryingOptions) => {
      const { rollback } = await import('./commands/rollback.ts')
      done(await rollback(run, options, host))
    })
  addOutputOptions(
    addClusterOptions(
      addFileOptions(addPassEnvOption(addAllowOption(addDetailOption(command))), 'none'),
    ),
  )
}

const addStatus: Add = (program, host, done) => {
  const command = program
    .command('status')
    .description('Show what every mount is configured for and runs, node by node')
    .option('--json', 'print the whole live state as JSON')
    .option('--plugin <type/name>', 'show the mounts of this plugin only; may be repeated', collect)
    .addHelpText('after', examples('lockstep status', 'lockstep status --plugin secret/my-kv'))
    .action(async (options: CommonOptions) => {
      const { status } = await import('./commands/status.ts')
      done(await status(options, host))
    })
  addOutputOptions(addClusterOptions(addFileOptions(command, 'none')))
}

const addDrift: Add = (program, host, done) => {
  const command = program
    .command('drift')
    .description('Show what differs between the file and the cluster; exits 2 on drift')
    .option('--json', 'print the report as JSON')
    .option('--journal <dir>', 'where the journals of earlier runs are kept')
    .addHelpText(
      'after',
      examples('lockstep drift -f lockstep.yaml', 'lockstep drift --json > drift.json'),
    )
    .action(async (options: CommonOptions) => {
      const { drift } = await import('./commands/drift.ts')
      done(await drift(options, host))
    })
  addOutputOptions(addDetailOption(addFormatOption(addClusterOptions(addFileOptions(command)))))
}

const addImport: Add = (program, host, done) => {
  const command = program
    .command('import')
    .description('Write a first file from what the cluster runs now')
    .addHelpText('after', examples('lockstep import > lockstep.yaml'))
    .action(async (options: CommonOptions) => {
      const { importFile } = await import('./commands/import.ts')
      done(await importFile(options, host))
    })
  addOutputOptions(addClusterOptions(command))
}

const addPolicy: Add = (program, host, done) => {
  const command = program
    .command('policy')
    .description(
      'Print the policy for a token that plans and applies a file; without a file, for import and status',
    )
    .addHelpText(
      'after',
      examples(
        'lockstep policy -f lockstep.yaml > lockstep.hcl',
        'lockstep policy > read-only.hcl   # where there is no lockstep.yaml: for import and status',
      ),
    )
    .action(async (options: CommonOptions) => {
      const { policy } = await import('./commands/policy.ts')
      done(await policy(options, host))
    })
  addOutputOptions(addClusterOptions(addFileOptions(command)))
}

const addVerify: Add = (program, host, done) => {
  const command = program
    .command('verify')
    .description('Run only the verify checks of the file, for each mount on every node')
    .addHelpText(
      'after',
      '\nExits 0 if every check passed on every node, else 1. Lists the commands before it runs them.\n' +
        examples('lockstep verify', 'lockstep verify -f prod/'),
    )
    .action(async (options: CommonOptions) => {
      const { verify } = await import('./commands/verify.ts')
      done(await verify(options, host))
    })
  addOutputOptions(addClusterOptions(addFileOptions(command)))
}

const addExplain: Add = (program, host, done) => {
  program
    .command('explain')
    .argument('[name...]', 'the name of a rule, or a word from a message')
    .description('Explain a rule or a word; without a name, list them all')
    .addHelpText(
      'after',
      examples('lockstep explain', 'lockstep explain version-in-use', 'lockstep explain roll back'),
    )
    .action(async (words: readonly string[]) => {
      const { explain } = await import('./commands/explain.ts')
      done(explain(words.length === 0 ? undefined : words.join(' '), host))
    })
}

const addHistory: Add = (program, host, done) => {
  const command = program
    .command('history')
    .argument('[run]', 'run id or its first characters')
    .description('List the runs made from this machine, or show one')
    .option('--json', 'print journals as JSON')
    .option('--journal <dir>', 'where the journals are kept')
    .addHelpText('after', examples('lockstep history', 'lockstep history 2026-05-01T10'))
    .action(async (run: string | undefined, options: OutputOptions) => {
      const { history } = await import('./commands/history.ts')
      done(history(run, options, host))
    })
  addOutputOptions(command)
}

const addLock: Add = (program, host, done) => {
  const lock = program.command('lock').description('Show or release the lock')
  const add = (what: 'show' | 'release', description: string): Command => {
    const command = lock
      .command(what)
      .description(description)
      .addHelpText('after', examples(`lockstep lock ${what}`, `lockstep lock ${what} -f prod/`))
      .action(async (options: CommonOptions) => {
        const { lock: run } = await import('./commands/lock.ts')
        done(await run(what, options, host))
      })
    return addOutputOptions(addClusterOptions(addFileOptions(command, 'none')))
  }
  add('show', 'Show who holds the lock, here and (with -f) across machines')
  add(
    'release',
    'Remove the lock of a run that is gone, here and (with -f) across machines',
  ).option('--force', 'also where the run that holds it may be alive')
}

const addDemo: Add = (program, host, done, run) => {
  program
    .command('demo')
    .description('Tell the story of an upgrade on three simulated nodes; touches nothing real')
    .addHelpText('after', examples('lockstep demo'))
    .action(async () => {
      const { demo } = await import('./commands/demo.ts')
      done(await demo(host, run))
    })
}

/** In the order of the help. */
const COMMANDS: readonly Add[] = [
  addValidate,
  addPlan,
  addShow,
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
  addDemo,
]
