/**
 * Loads the bundle of all commands with the code that V8 compiled when the bundle was built.
 * Compiling would take most of the time of a short command.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'

export { processHost } from './host/host.ts'

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

/** `codeCache`: the content of `main.cache`, if the build wrote it. */
export function loadMain(folder: string, codeCache?: Buffer): Loaded {
  const filename = join(folder, 'main.cjs')
  const source = readFileSync(filename)
  const cachedData = codeCache === undefined ? undefined : compiledCode(codeCache, source)
  // The build writes ASCII only, so latin1 is right and the fastest to decode.
  const script = new Script(source.toString('latin1'), {
    filename,
    ...(cachedData !== undefined && { cachedData }),
  })
  const module = { exports: {} as Loaded }
  const run = script.runInThisContext() as Wrapped
  run(module.exports, createRequire(filename), module, filename)
  return { main: module.exports.main, script }
}

/** The code cache begins with the SHA-256 of the source, of this many bytes. */
const HASH_LENGTH = 32

/**
 * The compiled code, if it was compiled from this source. V8 itself only compares the length of the
 * source. V8 rejects the code of another V8 version, and compiles the source.
 */
function compiledCode(codeCache: Buffer, source: Buffer): Buffer | undefined {
  const hash = createHash('sha256').update(source).digest()
  return hash.equals(codeCache.subarray(0, HASH_LENGTH))
    ? codeCache.subarray(HASH_LENGTH)
    : undefined
}

/** The code cache that the build wrote; undefined if there is none. */
export function readCodeCache(folder: string): Buffer | undefined {
  try {
    return readFileSync(join(folder, 'main.cache'))
  } catch {
    return undefined
  }
}
