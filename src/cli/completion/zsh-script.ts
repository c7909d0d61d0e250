/** The completion script for zsh: a function for each command, for its completion system. */
import type {
  ArgumentDescription,
  CommandDescription,
  OptionDescription,
} from './describe-commands.ts'
import { commandsBelow, quote, shortText } from './script-text.ts'
import type { ValueKind } from './value-kinds.ts'

export function zshScript(program: CommandDescription): string {
  const functions = [program, ...commandsBelow(program)].map((command) =>
    command.commands.length > 0 ? groupFunction(command) : commandFunction(command),
  )
  return `#compdef lockstep
# zsh completion for lockstep. To load it: source <(lockstep completion zsh), after compinit; or
# write it to a file with the name _lockstep in a folder of $fpath.

${functions.join('\n')}
if [[ $funcstack[1] == _lockstep ]]; then
  _lockstep "$@"
else
  compdef _lockstep lockstep
fi
`
}

function functionName({ path }: CommandDescription): string {
  return path === '' ? '_lockstep' : `_lockstep_${path.replace(/\W/g, '_')}`
}

function commandFunction(command: CommandDescription): string {
  const specs = [...command.options.flatMap(optionSpecs), ...command.arguments.map(argumentSpec)]
  return `${functionName(command)}() {
  _arguments -s ${specs.map((spec) => `\\\n    ${spec}`).join(' ')}
}
`
}

/** A command with commands below it: completes their names, then calls the function of one. */
function groupFunction(command: CommandDescription): string {
  const names = command.commands.map(({ name, description }) =>
    quote(`${name}:${shortText(description)}`),
  )
  const cases = command.commands.map(
    (below) => `        ${below.name}) ${functionName(below)} ;;\n`,
  )
  return `${functionName(command)}() {
  local curcontext=$curcontext state state_descr line
  local -A opt_args
  local -a commands=(
${names.map((name) => `    ${name}\n`).join('')}  )
  _arguments -C ${command.options
    .flatMap(optionSpecs)
    .map((spec) => `\\\n    ${spec}`)
    .join(' ')} \\
    '1: :->command' '*:: :->rest'
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $words[1] in
${cases.join('')}      esac
      ;;
  esac
}
`
}

/** One specification for each name of the option. Each excludes the other, unless it is repeatable. */
function optionSpecs(option: OptionDescription): readonly string[] {
  const { short, long, value, isRepeatable } = option
  const names = [short ?? [], long].flat()
  const others = isRepeatable ? '*' : names.length > 1 ? `(${names.join(' ')})` : ''
  const text = `[${escape(shortText(option.description))}]`
  const takes = value === undefined ? '' : `:${escape(valueName(option.term))}:${action(value)}`
  return names.map((name) => {
    const form = value === undefined ? name : name.startsWith('--') ? `${name}=` : `${name}+`
    return quote(`${others}${form}${text}${takes}`)
  })
}

function argumentSpec({ term, value }: ArgumentDescription): string {
  const [, name = '', many] = /^[<[]([\w-]+)(\.\.\.)?/.exec(term) ?? []
  return quote(`${many === undefined ? '' : '*'}:${name}:${action(value)}`)
}

function valueName(term: string): string {
  return /[<[](.*)[>\]]$/.exec(term)?.[1] ?? ''
}

function action(value: ValueKind): string {
  switch (value.kind) {
    case 'words':
      return `(${value.words.join(' ')})`
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'text':
      return ' '
  }
}

/** In a specification, a colon ends a part and a bracket a description. */
function escape(text: string): string {
  return text.replace(/[\\:[\]]/g, String.raw`\$&`)
}
