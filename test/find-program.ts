/** Finds a program that tests run, as Debian's packages install it. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export type Found =
  | { readonly kind: 'there'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string }

/**
 * The program on the PATH, or the one that `variable` names. If CI is set and there is none, this
 * throws, so that a green run cannot mean that nothing was run.
 */
export function findProgram(
  name: string,
  { debian, variable }: { readonly debian: string; readonly variable?: string },
  env: NodeJS.ProcessEnv = process.env,
): Found {
  const named = variable === undefined ? '' : (env[variable] ?? '')
  const candidates =
    named === ''
      ? (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))
      : [named]
  const path = candidates.find(isProgram)
  if (path !== undefined) return { kind: 'there', path }
  const reason =
    named === ''
      ? `there is no ${name} on the PATH: apt-get install ${debian}${variable === undefined ? '' : `, or set ${variable}`}`
      : `${String(variable)} is ${named}, which is no program`
  if ((env['CI'] ?? '') !== '') throw new Error(reason)
  return { kind: 'missing', reason }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
