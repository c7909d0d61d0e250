/**
 * The options and help of the commands that make, show or apply a plan. Each command loads its code
 * when it runs.
 */
import { type Command, Option } from 'commander'
import { type AddCommand, examples } from './add-command.ts'
import type { ApplyOptions, CarryingOptions } from './approve-and-apply.ts'
import {
  addAllowOption,
  addDetailOption,
  addClusterOptions,
  addCommentOptions,
  addFileOptions,
  addFormatOption,
  addHtmlOption,
  addOutputOptions,
  addPassEnvOption,
  addReviewOptions,
  type CommentOptions,
  type CommonOptions,
  maxAgeOption,
  type OutputOptions,
  type ReviewOptions,
  positiveNumber,
  seconds,
} from './options.ts'

export const addPlan: AddCommand = (program, host, done) => {
  const command = program
    .command('plan')
    .description('Show what would bring the cluster to the desired state; changes nothing')
    .option('--out <file>', 'save the plan, for lockstep apply <file>')
    .option('--against <ref>', 'also say which steps the same files at a git ref would need')
    .option('--detailed-exitcode', 'exit 2 when there are changes to make')
    .option('--json', 'print the plan as JSON')
    .option('--journal <dir>', 'where the journals of earlier runs are kept')
    .addHelpText(
      'after',
      examples(
        'lockstep plan -f lockstep.yaml',
        'lockstep plan -f prod/ --detailed-exitcode',
        'lockstep plan --out plan.json && lockstep apply plan.json',
        'lockstep plan --against origin/main   # what this branch changes, apart from what the cluster needs anyway',
        'lockstep plan --out plan.json --html plan.html',
      ),
    )
    .action(async (options: CommonOptions & ReviewOptions) => {
      const { plan } = await import('./commands/plan.ts')
      done(await plan(options, host))
    })
  addHtmlOption(addFormatOption(addReviewOptions(command)))
  addOutputOptions(
    addClusterOptions(addFileOptions(addPassEnvOption(addAllowOption(addDetailOption(command))))),
  )
}

export const addShow: AddCommand = (program, host, done) => {
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
        'lockstep show prod-eu.json prod-us.json --html plans.html   # one page for both clusters',
      ),
    )
    .action(async (paths: readonly string[], options: OutputOptions & ReviewOptions) => {
      const { show } = await import('./commands/show.ts')
      done(await show(paths, options, host))
    })
  addOutputOptions(addDetailOption(addHtmlOption(addFormatOption(addReviewOptions(command)))))
}

export const addComment: AddCommand = (program, host, done) => {
  const command = program
    .command('comment')
    .argument('<plans...>', 'plans saved by plan --out, one for each cluster')
    .description('Post plans as a comment on the pull request of a CI job, or update that comment')
    .option(
      '--pull-request <number>',
      'the number of the pull request, or merge request (default: that of the CI job)',
      positiveNumber,
    )
    .addHelpText(
      'after',
      `
GitHub: GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_API_URL.
GitLab: GITLAB_TOKEN, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, CI_API_V4_URL.

Exits 0 if the comment is posted or up to date, whatever the plans say; 1 if it could not be posted, or if
a plan file was edited (the comment says so); 8 if the token may not. Asks no OpenBao or Vault.
` +
        examples(
          'lockstep comment plan.json',
          'lockstep comment prod-eu.json prod-us.json   # one comment for both clusters',
          'lockstep comment plan.json --pull-request 12',
        ),
    )
    .action(async (paths: readonly string[], options: OutputOptions & CommentOptions) => {
      const { comment } = await import('./commands/comment.ts')
      done(await comment(paths, options, host))
    })
  addOutputOptions(addCommentOptions(command))
}

export const addApply: AddCommand = (program, host, done) => {
  const command = program
    .command('apply')
    .argument('[plan]', 'a plan saved by plan --out; without it, one is made now')
    .description('Plan, ask, and carry the plan out step by step')
    .option('--auto-approve', 'do not ask')
    .option('--no-input', 'never ask: fail instead')
    .option('--expect <plan_id>', 'apply the plan only if this is its id')
    .addOption(maxAgeOption('refuse a saved plan older than this'))
  addRunOptions(command)
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

export const addRollback: AddCommand = (program, host, done) => {
  const command = program
    .command('rollback')
    .argument(
      '[run]',
      'run id or its first characters (default: the latest run, with the runs that it resumed)',
    )
    .description('Plan the rollback of a run, ask, and carry it out')
    .option('--auto-approve', 'do not ask')
    .option('--no-input', 'never ask: fail instead')
  addRunOptions(command)
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

/** Adds the options of a run: how steps are carried out, and what is reported. */
function addRunOptions(command: Command): Command {
  return command
    .option(
      '--soak <duration>',
      'watch each reloaded mount this long before the next step',
      seconds,
    )
    .addOption(waitOption())
    .addOption(parallelismOption())
    .option('--journal <dir>', 'where the journals are kept')
    .option('--log-file <file>', 'log every request to a file (never a token or a value)')
    .option('--json', 'print each event as a line of JSON')
}

function parallelismOption(): Option {
  return new Option(
    '--parallelism <number>',
    'carry out at most this many steps at the same time; 1: one after another',
  )
    .argParser(positiveNumber)
    .default(4)
}

function waitOption(): Option {
  return new Option('--wait <duration>', 'wait this long for a leader, or a node that is away')
    .argParser(seconds)
    .default(60, '60s')
}
