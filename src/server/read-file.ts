/** Reads files that settings and arguments name: only regular files of a limited size. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Why a file is not read. The message is the end of a sentence whose subject is the file. */
export class UnfitFile extends Error {}

/**
 * The text of a file of at most `limit` MiB. Rejects with an UnfitFile if it is no regular file or
 * larger, and with Node's own error if it cannot be opened or read. The checks use the opened file,
 * so that it cannot be replaced after the check.
 */
export async function readTextFile(path: string, limit: number): Promise<string> {
  // Without O_NONBLOCK, opening a named pipe without a writer would wait without end.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = await file.stat()
    // For a folder, Node's own EISDIR follows.
    if (!found.isFile() && !found.isDirectory()) throw new UnfitFile('is not a regular file')
    if (found.size > limit * 1024 ** 2) throw new UnfitFile(`is larger than ${limit} MiB`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
