/** The completion script for fish 3.0 and later: a rule for each option and word. */
import type { CommandDescription, OptionDescription } from './describe-commands.ts'
import { commandsBelow, quote, shortText } from './script-text.ts'
import type { ValueKind } from './value-kinds.ts'

export function fishScript(program: CommandDescription): string {
  return `# fish completion for lockstep. To load it: lockstep completion fish | source
# The words before the cursor are the program and exactly these.
function __lockstep_is
    set -l words (commandline -opc)
    set -e words[1]
    test "$words" = "$argv"
end
# The words before the cursor begin with the program and these.
function __lockstep_in
    set -l words (commandline -opc)
    set -e words[1]
    set -l length (count $argv)
    test (count $words) -ge $length; and test "$words[1..$length]" = "$argv"
end
complete -c lockstep -e
complete -c lockstep -f
${[program, ...commandsBelow(program)].flatMap(commandRules).join('\n')}
`
}

function commandRules(command: CommandDescription): readonly string[] {
  // The options of the program itself stand before any command.
  const test = command.path === '' ? '__lockstep_is' : `__lockstep_in ${command.path}`
  const rule = `complete -c lockstep -n ${quoted(test)}`
  const exact = `complete -c lockstep -n ${quoted(`__lockstep_is ${command.path}`.trim())}`
  return [
    ...command.commands.map(
      ({ name, description }) => `${exact} -a ${name} -d ${quoted(shortText(description))}`,
    ),
    ...command.options.map((option) => `${rule} ${optionRule(option)}`),
    ...command.arguments.map(({ value }) => `${rule}${argumentRule(value)}`),
  ]
}

function optionRule({ short, long, value, description }: OptionDescription): string {
  const names = `${short === undefined ? '' : `-s ${short.slice(1)} `}-l ${long.slice(2)}`
  return `${names}${value === undefined ? '' : valueRule(value)} -d ${quoted(shortText(description))}`
}

/** The options say that a value is needed, and what it can be. */
function valueRule(value: ValueKind): string {
  switch (value.kind) {
    case 'words':
      return ` -x -a ${quoted(value.words.join(' '))}`
    case 'file':
      return ' -r -F'
    case 'folder':
      return ` -x -a '(__fish_complete_directories)'`
    case 'text':
      return ' -x'
  }
}

function argumentRule(value: ValueKind): string {
  switch (value.kind) {
    case 'words':
      return ` -a ${quoted(value.words.join(' '))}`
    case 'file':
      return ' -F'
    case 'folder':
      return ` -a '(__fish_complete_directories)'`
    case 'text':
      return ''
  }
}

function quoted(text: string): string {
  return quote(text, 'fish')
}
