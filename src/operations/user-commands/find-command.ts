/** Finds out whether a command can be started, without starting it. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** As a shell does: a path is used as it is, a bare name is searched in each folder of `PATH`. */
export function isCommand(program: string, path: string | undefined): boolean {
  if (program.includes('/')) return isExecutable(program)
  return (path ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
