/** What the scripts of the shells have in common. */
import type { CommandDescription } from './describe-commands.ts'

/** A command and the commands below it, from top to bottom, without the program itself. */
export function commandsBelow(program: CommandDescription): readonly CommandDescription[] {
  return program.commands.flatMap((command) => [command, ...commandsBelow(command)])
}

/** The beginning of a description that fits beside a completion. */
export function shortText(description: string): string {
  return (/^.*?(?=[;(]|: |$)/.exec(description)?.[0] ?? '').trim()
}

/** A word for bash, zsh and fish, which all read single quotes; fish also reads backslashes in them. */
export function quote(text: string, shell: 'posix' | 'fish' = 'posix'): string {
  return shell === 'posix'
    ? `'${text.replaceAll(`'`, `'\\''`)}'`
    : `'${text.replace(/[\\']/g, String.raw`\$&`)}'`
}
