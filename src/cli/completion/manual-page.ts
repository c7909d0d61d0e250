/** The manual page, drawn from the commands. The build writes it to `dist/lockstep.1`. */
import { processHost } from '../host/host.ts'
import { createProgram } from '../program.ts'
import { type CommandDescription, describeCommands } from './describe-commands.ts'
import { commandsBelow } from './script-text.ts'

/** The page in the language of `man`, in ASCII. It has no date: each build writes the same bytes. */
export function manualPage(version: string): string {
  const ignore = (): Promise<never> => Promise.reject(new Error('the manual page runs no command'))
  const program = describeCommands(
    createProgram(processHost(), { version, args: [] }, () => undefined, ignore),
  )
  const commands = commandsBelow(program).filter(
    ({ name, commands }) => name !== 'help' && commands.length === 0,
  )
  return [
    `.TH LOCKSTEP 1 "" "lockstep ${escape(version)}" "User Commands"`,
    '.SH NAME',
    'lockstep \\- plugin upgrades on every node of an OpenBao or Vault cluster',
    '.SH SYNOPSIS',
    '.B lockstep',
    '.I command',
    '[options]',
    '.SH DESCRIPTION',
    text(program.description),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH EXIT STATUS',
    ...literal(program.notes.replace(/^Exit codes:\n/, '')),
    '',
  ].join('\n')
}

function commandSection(command: CommandDescription): readonly string[] {
  return [
    `.SS "lockstep ${escape(command.path)}"`,
    `.B ${escape(command.usage)}`,
    '.PP',
    text(`${command.description}.`),
    ...[...command.arguments, ...command.options].flatMap(({ term, description }) => [
      '.TP',
      `.B ${escape(term)}`,
      text(description),
    ]),
    '.PP',
    ...literal(command.notes),
  ]
}

/** Lines that are shown as they are. */
function literal(lines: string): readonly string[] {
  return ['.EX', ...lines.split('\n').map(text), '.EE']
}

/** A line that begins with a point or a quote would be a request. */
function text(words: string): string {
  return words
    .split('\n')
    .map((line) => escape(line).replace(/^[.']/, String.raw`\&$&`))
    .join('\n')
}

function escape(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replace(/[^\0-\x7f]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0
      return `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`
    })
}
