/** Writes the file that an option of a command names: completely or not at all. */
import { lstat, writeFile } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'
import { errorName, LockstepError } from '../domain/errors.ts'

export interface OutputFile {
  /** The name of the content in messages: `the plan`. */
  readonly what: string
  readonly option: '--out' | '--html'
  /** True: every user of this machine may read the file. */
  readonly isPublic?: boolean
}

/**
 * Writes a file that only the user may read, unless it is public. Throws a LockstepError if the
 * file cannot be written, or is a symbolic link.
 */
export async function writeOutputFile(
  path: string,
  text: string,
  { what, option, isPublic }: OutputFile,
): Promise<void> {
  try {
    const found = isStream(path) ? 'device' : await kindOf(path)
    // To replace a device such as /dev/null by a file would break every other program.
    if (found === 'device') await writeFile(path, text)
    else if (found === 'link') throw symbolicLinkError(path, { what, option })
    else await writeFileAtomic(path, text, { mode: isPublic === true ? 0o644 : 0o600 })
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

async function kindOf(path: string): Promise<'device' | 'link' | 'other'> {
  try {
    const found = await lstat(path)
    if (found.isSymbolicLink()) return 'link'
    return found.isCharacterDevice() ? 'device' : 'other'
  } catch {
    // The file does not exist yet; any other fault shows when it is written.
    return 'other'
  }
}

function symbolicLinkError(path: string, { what, option }: OutputFile): LockstepError {
  return new LockstepError({
    code: 'unwritable-file',
    message: `${what} is not written to ${path}: it is a symbolic link, and another file would be overwritten`,
    hint: `Give ${option} the file itself.`,
  })
}
