/** Runs the commands of a file as processes of this machine. */
import type { World } from '../world.ts'
import type { Commands } from './commands.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { commandEnvironment } from './command-environment.ts'
import { isCommand } from './find-command.ts'
import { runCommand } from './run-command.ts'

export interface CommandSources {
  readonly env: World['env']
  /** Names of variables that the commands get, besides those that every program needs to start. */
  readonly passEnv: readonly string[]
  /** The secrets that are removed from their output. The values of `passEnv` are removed, too. */
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
      // Loaded on demand: few commands need it, and loading it would slow down every start.
      const { checkBinaries } = await import('./binary-check.ts')
      return checkBinaries(check, setting)
    },
    canStart: (program) => isCommand(program, env['PATH']),
  }
}
