/**
 * Loads the bundle of every command with the code that V8 compiled for it when it was built: most
 * of a short command's time is compiling.
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

/** `codeCache`: the file that the build kept beside the bundle, if it did. */
export function loadMain(folder: string, codeCache?: Buffer): Loaded {
  const filename = join(folder, 'main.cjs')
  const source = readFileSync(filename)
  const cachedData = codeCache === undefined ? undefined : codeOf(codeCache, source)
  // The build makes it ASCII: read so, no byte needs decoding.
  const script = new Script(source.toString('latin1'), {
    filename,
    ...(cachedData !== undefined && { cachedData }),
  })
  const module = { exports: {} as Loaded }
  const run = script.runInThisContext() as Wrapped
  run(module.exports, createRequire(filename), module, filename)
  return { main: module.exports.main, script }
}

/** Bytes of the source's SHA-256, which the code cache begins with. */
const HASH_LENGTH = 32

/**
 * The code, if it was compiled from this very source: V8 itself compares the length alone. Of
 * another V8's code it makes nothing, and compiles as it always did.
 */
function codeOf(codeCache: Buffer, source: Buffer): Buffer | undefined {
  const hash = createHash('sha256').update(source).digest()
  return hash.equals(codeCache.subarray(0, HASH_LENGTH))
    ? codeCache.subarray(HASH_LENGTH)
    : undefined
}

/** What the build kept, if it did. */
export function readCodeCache(folder: string): Buffer | undefined {
  try {
    return readFileSync(join(folder, 'main.cache'))
  } catch {
    return undefined
  }
}
