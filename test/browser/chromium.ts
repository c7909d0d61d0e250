/** Where Chromium is: the program that LOCKSTEP_TEST_CHROMIUM names, else `chromium` on the PATH. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export type Found =
  | { readonly kind: 'there'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string }

/** Throws where CI is set and there is none, so that a green run cannot mean that nothing was run. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): Found {
  const named = env['LOCKSTEP_TEST_CHROMIUM']
  const candidates =
    named !== undefined && named !== ''
      ? [named]
      : (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'chromium'))
  const path = candidates.find(isProgram)
  if (path !== undefined) return { kind: 'there', path }
  const reason =
    named !== undefined && named !== ''
      ? `LOCKSTEP_TEST_CHROMIUM is ${named}, which is no program`
      : 'there is no chromium on the PATH: apt-get install chromium, or set LOCKSTEP_TEST_CHROMIUM'
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
