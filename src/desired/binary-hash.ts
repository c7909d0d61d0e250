/**
 * Finds the SHA-256 of a plugin binary by the file: the digits themselves, a line of a sums file,
 * or a local copy of the binary. Each file is read once, however often it is named.
 */
import type { Source } from '../domain/desired.ts'
import { parseSha256, type Sha256 } from '../domain/names.ts'
import type { Files, Result } from './files/files.ts'
import { LARGEST_FILE, placeOf, type InputFile, type Report } from './input-file.ts'
import type { Checked } from './shape/shape.ts'
import { nearFile } from './files/near-file.ts'
import { explainHash, findSum } from './sums-file.ts'
import type { Binary } from '../documents/desired-state.generated.ts'
import { showText } from './wording.ts'
import type { Path } from './yaml/yaml-tree.ts'

const OF_AN_EMPTY_FILE = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

export interface LocatedHash {
  readonly sha256: Sha256
  readonly source: Source
}

export type HashReader = (
  request: RequestedHash,
  report: Report,
) => Promise<LocatedHash | undefined>

export interface RequestedHash {
  readonly given: NonNullable<Checked<Binary>['sha256']>
  /** The file name to search in a sums file. */
  readonly command: string
  readonly file: InputFile
  /** The path of `sha256` in the file. */
  readonly path: Path
}

/** Returns a function that finds hashes. It reports each problem and then returns undefined. */
export function createHashReader(fileReader: Files): HashReader {
  const readText = once((path) => fileReader.read(path, LARGEST_FILE))
  const readHash = once((path) => fileReader.sha256(path))

  /** Reports the hash of an empty file, which no plugin has, and returns undefined for it. */
  const rejectEmptyFile = (
    sha256: Sha256,
    source: Source,
    report: Report,
  ): LocatedHash | undefined => {
    if (sha256 !== OF_AN_EMPTY_FILE) return { sha256, source }
    report({
      message: 'this is the SHA-256 of an empty file',
      source,
      hint: 'a download or a copy may have failed: take the SHA-256 of the plugin itself',
    })
    return undefined
  }

  return async ({ given, command, file, path }, report) => {
    const nearThisFile = (name: string): string => nearFile(file.file, name)

    if (typeof given === 'string') {
      const source = placeOf(file, ...path).value
      const sha256 = parseSha256(given)
      if (sha256 !== undefined) return rejectEmptyFile(sha256, source, report)
      report({ message: explainHash('sha256', given), source })
    } else if ('sums' in given && given.sums !== undefined) {
      const source = placeOf(file, ...path, 'sums').value
      const sums = nearThisFile(given.sums)
      const text = await readText(sums)
      if ('failure' in text) report({ message: `${showText(sums)} ${text.failure}`, source })
      else {
        const found = findSum(sums, text.value, command)
        if ('sha256' in found) return rejectEmptyFile(found.sha256, source, report)
        report({ ...found, source })
      }
    } else if ('binary' in given && given.binary !== undefined) {
      const source = placeOf(file, ...path, 'binary').value
      const binary = nearThisFile(given.binary)
      const sha256 = await readHash(binary)
      if ('value' in sha256) return rejectEmptyFile(sha256.value, source, report)
      report({ message: `${showText(binary)} ${sha256.failure}`, source })
    }
    return undefined
  }
}

function once<T>(read: (path: string) => Promise<Result<T>>): (path: string) => Promise<Result<T>> {
  const results = new Map<string, Promise<Result<T>>>()
  return (path) => {
    const result = results.get(path) ?? read(path)
    results.set(path, result)
    return result
  }
}
