/** Files that a file of desired state names: they are meant as seen from its own folder. */
import { dirname, isAbsolute, join } from 'node:path'

/** The path as seen from where the file itself was named. */
export function nearFile(file: string, name: string): string {
  return isAbsolute(name) ? name : join(dirname(file), name)
}

/**
 * A command whose program is a relative path, found from the file's folder. One without a slash is
 * looked for on the PATH, as a shell does.
 */
export function commandNear(file: string, command: readonly string[]): readonly string[] {
  const [program, ...args] = command
  if (!program?.includes('/')) return command
  const near = nearFile(file, program)
  return [near.includes('/') ? near : `./${near}`, ...args]
}
