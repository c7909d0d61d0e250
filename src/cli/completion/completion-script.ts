/** The completion scripts of the shells. They run no program: every word stands in the script. */
import { bashScript } from './bash-script.ts'
import type { CommandDescription } from './describe-commands.ts'
import { fishScript } from './fish-script.ts'
import type { Shell } from './shells.ts'
import { zshScript } from './zsh-script.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript }

/** A script for that shell to load. Ends in a newline. */
export function completionScript(shell: Shell, program: CommandDescription): string {
  return SCRIPTS[shell](program)
}
