/**
 * The options and help of the commands that apply no plan. Each command loads its code when it
 * runs.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { DRIFT_CLASSES } from '../drift/classes.ts'
import { LISTEN_HINT, type ListenAddress, parseListenAddress } from '../service/listen-address.ts'
import { type AddCommand, examples } from './add-command.ts'
import type { DoctorOptions } from './commands/doctor.ts'
import type { DriftOptions } from './commands/drift.ts'
import { parseFailOn } from './fail-on.ts'
import {
  addDetailOption,
  addClusterOptions,
  addFileOptions,
  addFormatOption,
  addHtmlOption,
  addOutputOptions,
  addPassEnvOption,
  type CommonOptions,
  collect,
  interval,
  markdownLimitOption,
  metricsFormatOption,
  positiveNumber,
  seconds,
  type FileOptions,
  type OutputOptions,
} from './options.ts'

export const addValidate: AddCommand = (program, host, done) => {
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

export const addStatus: AddCommand = (program, host, done) => {
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

function listenAddress(text: string): ListenAddress {
  const address = parseListenAddress(text)
  if (address === undefined) throw new InvalidArgumentError(LISTEN_HINT)
  return address
}

export const addDrift: AddCommand = (program, host, done) => {
  const command = program
    .command('drift')
    .description('Show what differs between the file and the cluster; exits 2 on drift')
    .option('--json', 'print the report as JSON')
    .option('--markdown', 'print Markdown, for an issue or a chat')
    .addOption(markdownLimitOption())
    .addOption(metricsFormatOption())
    .option('--out <file>', 'write what is printed to this file instead, whole or not at all')
    .option(
      '--fail-on <names>',
      'exit 2 only for these classes (lockstep help drift), or from this severity: error, warning, note; separated by commas',
      parseFailOn,
    )
    .option(
      '--confirm <number>',
      'report only differences that so many readings in a row have, and none while a run is under way',
      positiveNumber,
    )
    .option('--after <duration>', 'with --confirm: the time between two readings (20s)', seconds)
    .option('--journal <dir>', 'where the journals of earlier runs are kept')
    .addOption(
      new Option(
        '--interval <duration>',
        'check again and again until SIGTERM or Ctrl-C, and write one JSON line for each check to stderr',
      )
        .argParser(interval)
        .conflicts(['json', 'markdown', 'format', 'out', 'html', 'failOn', 'detail']),
    )
    .addOption(
      new Option(
        '--listen <host:port>',
        'with --interval: answer /metrics, /healthz, /readyz, /report.json and / (the page) over HTTP',
      ).argParser(listenAddress),
    )
    .addHelpText(
      'after',
      `\nExits 0 if in sync, 2 on drift, 9 if nothing differs but not everything could be read or confirmed.\nClasses: ${Object.keys(DRIFT_CLASSES).join(', ')}.\n` +
        examples(
          'lockstep drift -f lockstep.yaml',
          'lockstep drift --json --out drift.json',
          'lockstep drift --html drift.html',
          'lockstep drift --confirm 2 --after 20s --fail-on mount-down,node-skew',
          'lockstep drift --format prometheus --out /var/lib/node_exporter/lockstep.prom',
          'lockstep drift --interval 5m --listen 127.0.0.1:9470',
        ),
    )
    .action(async (options: DriftOptions) => {
      if (options.interval !== undefined) {
        const { serveDrift } = await import('./commands/serve-drift.ts')
        done(await serveDrift({ ...options, interval: options.interval }, host))
      } else {
        const { drift } = await import('./commands/drift.ts')
        done(await drift(options, host))
      }
    })
  addOutputOptions(addDetailOption(addHtmlOption(addClusterOptions(addFileOptions(command)))))
}

export const addImport: AddCommand = (program, host, done) => {
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

export const addPolicy: AddCommand = (program, host, done) => {
  const command = program
    .command('policy')
    .description(
      'Print the policy for a token that plans and applies a file; without a file, for import and status',
    )
    .addHelpText(
      'after',
      examples(
        'lockstep policy -f lockstep.yaml > lockstep.hcl',
        'lockstep policy > read-only.hcl   # in a folder without lockstep.yaml: for import and status',
      ),
    )
    .action(async (options: CommonOptions) => {
      const { policy } = await import('./commands/policy.ts')
      done(await policy(options, host))
    })
  addOutputOptions(addClusterOptions(addFileOptions(command)))
}

export const addVerify: AddCommand = (program, host, done) => {
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

export const addExplain: AddCommand = (program, host, done) => {
  program
    .command('explain')
    .argument('[name...]', 'the name of a rule, a class of drift, or a word from a message')
    .description('Explain a rule, a class of drift or a word; without a name, list them all')
    .addHelpText(
      'after',
      examples('lockstep explain', 'lockstep explain version-in-use', 'lockstep explain roll back'),
    )
    .action(async (words: readonly string[]) => {
      const { explain } = await import('./commands/explain.ts')
      done(explain(words.length === 0 ? undefined : words.join(' '), host))
    })
}

export const addHistory: AddCommand = (program, host, done) => {
  const command = program
    .command('history')
    .argument('[run]', 'run id or its first characters')
    .description(
      'List the runs made from this machine, or show one; with -f also those in the shared journal',
    )
    .option('--json', 'print journals as JSON')
    .option('--journal <dir>', 'where the journals are kept')
    .addHelpText(
      'after',
      examples(
        'lockstep history',
        'lockstep history 2026-05-01T10',
        'lockstep history 2026-05-01T10 --html run.html',
        'lockstep history -f lockstep.yaml   # also runs of other machines (cluster.journal)',
      ),
    )
    .action(async (run: string | undefined, options: CommonOptions) => {
      const { history } = await import('./commands/history.ts')
      done(await history(run, options, host))
    })
  addOutputOptions(addHtmlOption(addClusterOptions(addFileOptions(command, 'none'))))
}

export const addLock: AddCommand = (program, host, done) => {
  const lock = program.command('lock').description('Show or release the lock')
  const add = (action: 'show' | 'release', description: string): Command => {
    const command = lock
      .command(action)
      .description(description)
      .addHelpText('after', examples(`lockstep lock ${action}`, `lockstep lock ${action} -f prod/`))
      .action(async (options: CommonOptions) => {
        const { lock: run } = await import('./commands/lock.ts')
        done(await run(action, options, host))
      })
    return addOutputOptions(addClusterOptions(addFileOptions(command, 'none')))
  }
  add('show', 'Show who holds the lock, here and (with -f) across machines')
  add(
    'release',
    'Remove the lock of a run that is gone, here and (with -f) across machines',
  ).option('--force', 'also if the run that holds it may be alive')
}

export const addDoctor: AddCommand = (program, host, done) => {
  const command = program
    .command('doctor')
    .description('Check what an apply from this machine needs; changes nothing')
    .option('--json', 'print the checks as JSON')
    .option('--journal <dir>', 'where the journals are kept')
    .addHelpText(
      'after',
      `
Checks the file, settings, proxies, address, certificates, clocks, token, nodes, rights, plan, lock and
journal. Runs no command of the file. Exits 0 if nothing was found that would stop an apply; otherwise
with the exit code that apply would end with.
` + examples('lockstep doctor -f lockstep.yaml', 'lockstep doctor --json > doctor.json'),
    )
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./commands/doctor.ts')
      done(await doctor(options, host))
    })
  addOutputOptions(addClusterOptions(addFileOptions(addPassEnvOption(command))))
}

export const addDemo: AddCommand = (program, host, done, run) => {
  program
    .command('demo')
    .description('Tell the story of an upgrade on three simulated nodes; touches nothing real')
    .addHelpText('after', examples('lockstep demo'))
    .action(async () => {
      const { demo } = await import('./commands/demo.ts')
      done(await demo(host, run))
    })
}
