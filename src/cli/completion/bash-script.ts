/** The completion script for bash 3.2 and later. */
import type { CommandDescription, OptionDescription } from './describe-commands.ts'
import { commandsBelow, quote } from './script-text.ts'
import type { ValueKind } from './value-kinds.ts'

export function bashScript(program: CommandDescription): string {
  const groups = program.commands.filter(({ commands }) => commands.length > 0)
  return `# bash completion for lockstep. To load it: source <(lockstep completion bash)
_lockstep() {
  local IFS=$' \\t\\n' cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  # Bash makes a word of its own of the = in --option=value.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  local path= flags= words= takes=text
  ((COMP_CWORD > 1)) && path=\${COMP_WORDS[1]}
${groups
  .map(
    ({ path }) =>
      `  [[ $path == ${path} ]] && ((COMP_CWORD > 2)) && path="${path} \${COMP_WORDS[2]}"\n`,
  )
  .join('')}  case $path in
${[program, ...commandsBelow(program)].map(commandCase).join('')}  esac
  if [[ $cur == -* || ( -z $words && $takes == text && -z $cur ) ]]; then
    [[ $flags ]] && words=$flags
  fi
  [[ $words ]] && COMPREPLY=($(compgen -W "$words" -- "$cur"))
  # Without these, bash completes the names of files. Bash 3.2 has no compopt.
  [[ $takes == folder ]] && compopt -o dirnames +o default 2> /dev/null
  [[ $takes == file && $cur != -* ]] || compopt +o default 2> /dev/null
  return 0
}
complete -o default -F _lockstep lockstep
`
}

/** Sets `flags`, and what the word under the cursor can be, for one command. */
function commandCase(command: CommandDescription): string {
  const flags = command.options.flatMap(({ short, long }) => [short ?? [], long].flat())
  const argument = command.arguments[0]?.value
  const below = command.commands.map(({ name }) => name)
  const value: ValueKind | undefined = below.length > 0 ? { kind: 'words', words: below } : argument
  const valued = command.options.filter((option) => option.value !== undefined)
  return `    ${quote(command.path)})
      case $prev in
${valued.map(optionCase).join('')}        *)
          flags=${quote(flags.join(' '))}${value === undefined ? '' : `\n          ${assignment(value)}`}
          ;;
      esac
      ;;
`
}

function optionCase({ short, long, value }: OptionDescription): string {
  if (value === undefined) return ''
  const names = short === undefined ? long : `${short} | ${long}`
  return `        ${names}) ${assignment(value)} ;;\n`
}

function assignment(value: ValueKind): string {
  return value.kind === 'words' ? `words=${quote(value.words.join(' '))}` : `takes=${value.kind}`
}
