/** The type of a function that adds a command to the program. */
import type { Command } from 'commander'
import type { ExitCode } from '../domain/errors.ts'
import type { RunProgram } from './demo/story.ts'
import type { Host } from './host/host.ts'

/** Called with the exit code of the command that ran. */
export type Done = (code: ExitCode) => void

/** `run` runs another command. */
export type AddCommand = (program: Command, host: Host, done: Done, run: RunProgram) => void

/** The examples at the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`
}
