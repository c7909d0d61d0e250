/** Resolves names in a file of desired state: they are relative to the folder of that file. */
import { dirname, isAbsolute, join } from 'node:path'

/** The path of `name`, relative to where `file` itself is relative to. */
export function nearFile(file: string, name: string): string {
  return isAbsolute(name) ? name : join(dirname(file), name)
}

/**
 * The command with its program resolved if that is a relative path. A program without a slash is
 * searched on the PATH, as a shell does.
 */
export function commandNear(file: string, command: readonly string[]): readonly string[] {
  const [program, ...args] = command
  if (!program?.includes('/')) return command
  const near = nearFile(file, program)
  return [near.includes('/') ? near : `./${near}`, ...args]
}
