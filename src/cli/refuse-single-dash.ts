/**
 * Refuses a long option with one dash (`-json`), as other programs of this kind write them. The
 * parser would take it for several short options: `-file=prod.yaml` would be a file `ile=prod.yaml`.
 */
import type { Command, Option } from 'commander'

/** Throws the parser's own error, with what was meant, for the first such argument. */
export function refuseSingleDash(program: Command, args: readonly string[]): void {
  let command = program
  let isValue = false
  for (const arg of args) {
    if (isValue) {
      isValue = false
      continue
    }
    if (arg === '--') return
    if (!arg.startsWith('-')) {
      command = command.commands.find((candidate) => candidate.name() === arg) ?? command
      continue
    }
    const [name = ''] = arg.split('=')
    const meant = /^-[a-z]{2}[a-z-]*$/.test(name) ? `-${name}` : undefined
    if (meant !== undefined && hasOption(command, meant)) {
      command.error(`error: unknown option '${name}'\n(Did you mean ${meant}?)`, {
        code: 'commander.unknownOption',
      })
    }
    isValue = optionsOf(command).some(
      ({ required, short, long }) => required && (arg === short || arg === long),
    )
  }
}

/** The options of a command, with its help option, as the help lists them. */
function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command)
}

function hasOption(command: Command, long: string): boolean {
  return optionsOf(command).some((option) => option.long === long)
}
