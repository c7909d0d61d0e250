/** The commands of a file, run as processes of this machine. */
import type { World } from '../world.ts'
import type { Commands } from './commands.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { commandEnvironment } from './command-environment.ts'
import { isCommand } from './find-command.ts'
import { runCommand } from './run-command.ts'

export interface CommandSources {
  readonly env: World['env']
  /** Variables that the commands get beside those that programs need to start. */
  readonly passEnv: readonly string[]
  /** What is hidden in their output, beside the values of `passEnv`. */
  readonly secrets: Pick<Secrets, 'known'>
}

/** Throws a LockstepError if a variable of `passEnv` is not set. */
export function createCommands({ env, passEnv, secrets }: CommandSources): Commands {
  const setting = {
    environment: commandEnvironment(env, passEnv),
    secrets: () => [...secrets.known(), ...passEnv.map((name) => env[name] ?? '')],
  }
  return {
    run: runCommand(setting),
    checkDisks: async (check) => {
      // Few commands need it, and the start of each would wait for it.
      const { checkBinaries } = await import('./binary-check.ts')
      return checkBinaries(check, setting)
    },
    canStart: (program) => isCommand(program, env['PATH']),
  }
}
