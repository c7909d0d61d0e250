/** Reads files that settings and arguments name: regular files only, of a bounded size. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Why a file is not read; the end of a sentence whose subject is the file. */
export class UnfitFile extends Error {}

/**
 * The text of a file of at most `limit` MiB. Rejects with an UnfitFile for what is no regular file
 * or larger, and with Node's own error for what cannot be opened or read. The opened file is
 * asked, so that nothing takes its place in between.
 */
export async function readTextFile(path: string, limit: number): Promise<string> {
  // Without O_NONBLOCK a named pipe without a writer is waited for without end.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = await file.stat()
    // Node's own EISDIR says it of folders.
    if (!found.isFile() && !found.isDirectory()) throw new UnfitFile('is not a regular file')
    if (found.size > limit * 1024 ** 2) throw new UnfitFile(`is larger than ${limit} MiB`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
