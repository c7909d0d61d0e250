/** Files that a command writes where an option says: written whole or not at all. */
import { lstat, writeFile } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'
import { faultName, LockstepError } from '../domain/errors.ts'

export interface OutputFile {
  /** As a message names the content: `the plan`. */
  readonly what: string
  readonly option: '--out' | '--html'
}

/**
 * Only the user may read the file. Throws a LockstepError if the file cannot be written, or is a
 * symbolic link.
 */
export async function writeOutputFile(
  path: string,
  text: string,
  { what, option }: OutputFile,
): Promise<void> {
  try {
    if (isStream(path)) await writeFile(path, text)
    else if (await isLink(path)) throw linked(path, { what, option })
    else await writeFileAtomic(path, text, { mode: 0o600 })
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause
    throw new LockstepError({
      code: 'unwritable-file',
      message: `${what} cannot be written to ${path} (${faultName(cause)})`,
      cause,
    })
  }
}

/** The names of this process's own streams, which are links and meant as such. */
export function isStream(path: string): boolean {
  return /^\/dev\/(stdout|stderr|fd\/\d+)$/.test(path)
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink()
  } catch {
    // The file does not exist yet; any other fault shows when it is written.
    return false
  }
}

function linked(path: string, { what, option }: OutputFile): LockstepError {
  return new LockstepError({
    code: 'unwritable-file',
    message: `${what} is not written to ${path}: it is a symbolic link, and another file would be overwritten`,
    hint: `Give ${option} the file itself.`,
  })
}
