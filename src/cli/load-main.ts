/**
 * Loads the bundle of every command with the code that V8 compiled for it when it was built: most
 * of a short command's time is compiling.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'

export { processHost } from './host.ts'

interface Loaded {
  readonly main: (typeof import('./main.ts'))['main']
  readonly script: Script
}

type Wrapped = (
  exports: object,
  require: NodeJS.Require,
  module: { readonly exports: Loaded },
  filename: string,
) => void

/**
 * @param codeCache of the bundle, if it has one; V8 ignores it where another V8 made it, and then
 *   compiles as it always did
 */
export function loadMain(folder: string, codeCache?: Buffer): Loaded {
  const filename = join(folder, 'main.cjs')
  // It is ASCII: read so, no byte needs decoding.
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    ...(codeCache !== undefined && { cachedData: codeCache }),
  })
  const module = { exports: {} as Loaded }
  const run = script.runInThisContext() as Wrapped
  run(module.exports, createRequire(filename), module, filename)
  return { main: module.exports.main, script }
}

/** What the build kept, if it did. */
export function readCodeCache(folder: string): Buffer | undefined {
  try {
    return readFileSync(join(folder, 'main.cache'))
  } catch {
    return undefined
  }
}
