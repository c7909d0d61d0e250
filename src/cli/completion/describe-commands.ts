/**
 * What the command line offers, as data: the commands with their arguments and options. Completion
 * scripts and the manual page are drawn from it, so that they cannot differ from what is parsed.
 */
import type { EventEmitter } from 'node:events'
import type { Argument, Command, Option } from 'commander'
import { collect } from '../options.ts'
import { valueKind, type ValueKind } from './value-kinds.ts'

export interface CommandDescription {
  /** `lock show`; empty for the program itself. */
  readonly path: string
  /** The last word of the path. */
  readonly name: string
  readonly description: string
  /** As in the first line of the help: `lockstep show [options] <plans...>`. */
  readonly usage: string
  readonly arguments: readonly ArgumentDescription[]
  readonly options: readonly OptionDescription[]
  /** What the help says below the options: exit codes and examples. */
  readonly notes: string
  readonly commands: readonly CommandDescription[]
}

export interface ArgumentDescription {
  /** As in the help: `<plans...>`. */
  readonly term: string
  readonly description: string
  readonly value: ValueKind
}

export interface OptionDescription {
  /** As in the help: `-f, --file <path>`. */
  readonly term: string
  /** As in the help, with choices and default. */
  readonly description: string
  /** `-f`; undefined if there is only the long name. */
  readonly short?: string
  /** `--file` */
  readonly long: string
  /** Undefined if the option takes no value. */
  readonly value?: ValueKind
  readonly isRepeatable: boolean
}

/** Describes a program of commander, with its help options and help command. */
export function describeCommands(program: Command, path = ''): CommandDescription {
  const help = program.createHelp()
  return {
    path,
    name: program.name(),
    description: program.description(),
    usage: help.commandUsage(program),
    arguments: program.registeredArguments.map((argument) => describeArgument(argument, program)),
    options: help.visibleOptions(program).map((option) => ({
      term: help.optionTerm(option),
      description: help.optionDescription(option),
      ...describeOption(option),
    })),
    notes: notesOf(program),
    commands: help
      .visibleCommands(program)
      .map((command) =>
        command.name() === 'help'
          ? describeHelp(command, program, `${path} help`.trim())
          : describeCommands(command, `${path} ${command.name()}`.trim()),
      ),
  }
}

/** The command `help` is commander's own: its argument is the name of a command beside it. */
function describeHelp(command: Command, parent: Command, path: string): CommandDescription {
  const described = describeCommands(command, path)
  const names = parent.commands.map((other) => other.name())
  return {
    ...described,
    arguments: described.arguments.map((argument) => ({
      ...argument,
      value: { kind: 'words', words: names },
    })),
  }
}

function describeArgument(argument: Argument, command: Command): ArgumentDescription {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return {
    term: argument.required ? `<${name}>` : `[${name}]`,
    description: argument.description,
    value:
      argument.argChoices === undefined
        ? valueKind(`${command.name()} ${argument.name()}`)
        : { kind: 'words', words: argument.argChoices },
  }
}

function describeOption(
  option: Option,
): Pick<OptionDescription, 'short' | 'long' | 'value' | 'isRepeatable'> {
  const { short, long = '', argChoices, flags } = option
  const [, name] = /[<[](.*)[>\]]$/.exec(flags) ?? []
  return {
    ...(short !== undefined && { short }),
    long,
    ...(name !== undefined && {
      value:
        argChoices === undefined
          ? valueKind(`${long} ${name}`)
          : { kind: 'words', words: argChoices },
    }),
    isRepeatable: option.parseArg === collect,
  }
}

/** Commander only gives these texts to listeners, while it prints the help. */
function notesOf(command: Command): string {
  const texts: string[] = []
  const write = (text: string): void => void texts.push(text)
  ;(command as unknown as EventEmitter).emit('afterHelp', { error: false, command, write })
  return texts.join('').trim()
}
