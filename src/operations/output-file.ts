/** Writes the file that an option of a command names: completely or not at all. */
import { lstat, writeFile } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'
import { errorName, LockstepError } from '../domain/errors.ts'

export interface OutputFile {
  /** The name of the content in messages: `the plan`. */
  readonly what: string
  readonly option: '--out' | '--html'
}

/**
 * Writes a file that only the user may read. Throws a LockstepError if the file cannot be written,
 * or is a symbolic link.
 */
export async function writeOutputFile(
  path: string,
  text: string,
  { what, option }: OutputFile,
): Promise<void> {
  try {
    if (isStream(path)) await writeFile(path, text)
    else if (await isLink(path)) throw symbolicLinkError(path, { what, option })
    else await writeFileAtomic(path, text, { mode: 0o600 })
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause
    throw new LockstepError({
      code: 'unwritable-file',
      message: `${what} cannot be written to ${path} (${errorName(cause)})`,
      cause,
    })
  }
}

/**
 * True for the names of this process's own streams. They are links, and writing to them is
 * intended.
 */
export function isStream(path: string): boolean {
  return /^\/dev\/(stdout|stderr|fd\/\d+)$/.test(path)
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink()
  } catch {
    // The file does not exist yet. Any other problem is reported by the write.
    return false
  }
}

function symbolicLinkError(path: string, { what, option }: OutputFile): LockstepError {
  return new LockstepError({
    code: 'unwritable-file',
    message: `${what} is not written to ${path}: it is a symbolic link, and another file would be overwritten`,
    hint: `Give ${option} the file itself.`,
  })
}
