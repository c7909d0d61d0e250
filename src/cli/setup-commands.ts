/** The options and help of the commands that prepare a folder or a shell. They ask no server. */
import { Argument } from 'commander'
import { type AddCommand, examples } from './add-command.ts'
import { SHELLS, type Shell } from './completion/shells.ts'
import { DEFAULT_FILE } from './options.ts'

export const addInit: AddCommand = (program, host, done) => {
  program
    .command('init')
    .description('Write a first file, with comments to fill in; asks no server')
    .option('--out <file>', 'the file to write', DEFAULT_FILE)
    .addHelpText(
      'after',
      '\nAlso writes lockstep.schema.json beside the file, so that editors complete and check it.\nOverwrites nothing. To write the file from what a cluster runs, use lockstep import.\n' +
        examples('lockstep init', 'lockstep init --out prod/lockstep.yaml'),
    )
    .action(async ({ out }: { readonly out: string }) => {
      const { init } = await import('./commands/init.ts')
      done(await init(out, host))
    })
}

export const addCompletion: AddCommand = (program, host, done) => {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell that loads the script').choices(SHELLS))
    .description('Print a script with which a shell completes commands, options and their values')
    .addHelpText(
      'after',
      examples(
        'lockstep completion bash > ~/.local/share/bash-completion/completions/lockstep',
        'lockstep completion zsh > ~/.zfunc/_lockstep   # a folder of $fpath',
        'lockstep completion fish > ~/.config/fish/completions/lockstep.fish',
      ),
    )
    .action(async (shell: Shell) => {
      const { completion } = await import('./commands/completion.ts')
      done(completion(shell, program, host))
    })
}
