/**
 * Reads files through an interface, so that the loader can run without a disk. Failures are values
 * with the words for a message. Nothing is written, and no file above its size limit is read whole.
 * Except for stdin, only regular files are read: a pipe or a device may never end.
 */
import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { parseSha256, type Sha256 } from '../../domain/names.ts'

export type Result<T> = { readonly value: T } | { readonly failure: string }

export interface Files {
  kind(path: string): Promise<Result<'directory' | 'file'>>
  /** The names of the regular files in a directory, in any order. */
  list(directory: string): Promise<Result<readonly string[]>>
  /** The text of a UTF-8 file of at most `limit` bytes. */
  read(path: string, limit: number): Promise<Result<string>>
  sha256(path: string): Promise<Result<Sha256>>
}

/** The name that means stdin. */
export const STDIN = '-'

/** In bytes. No plugin is that large. */
const LARGEST_BINARY = 4 * 1024 ** 3

export const diskFiles: Files = {
  kind: async (path) =>
    path === STDIN
      ? { value: 'file' }
      : attempt(async () => ((await stat(path)).isDirectory() ? 'directory' : ('file' as const))),

  list: (directory) =>
    attempt(async () => {
      const entries = await readdir(directory, { withFileTypes: true })
      const names: string[] = []
      for (const entry of entries) {
        const isFile = entry.isSymbolicLink()
          ? await isRegularFile(`${directory}/${entry.name}`)
          : entry.isFile()
        if (isFile) names.push(entry.name)
      }
      return names
    }),

  async read(path, limit) {
    const bytes = await (path === STDIN
      ? attempt(() => readAtMost(createReadStream('', { fd: 0, end: limit })))
      : withRegularFile(path, (file) =>
          readAtMost(file.createReadStream({ end: limit, autoClose: false })),
        ))
    if ('failure' in bytes) return bytes
    if (bytes.value.length > limit) return { failure: `is larger than ${limit / 1024} KiB` }
    try {
      return { value: new TextDecoder('utf-8', { fatal: true }).decode(bytes.value) }
    } catch {
      return { failure: 'is not UTF-8 text' }
    }
  },

  async sha256(path) {
    const digits = await withRegularFile(path, async (file) => {
      const hash = createHash('sha256')
      let length = 0
      for await (const chunk of file.createReadStream({ end: LARGEST_BINARY, autoClose: false })) {
        length += (chunk as Buffer).length
        hash.update(chunk as Buffer)
      }
      return length > LARGEST_BINARY ? '' : hash.digest('hex')
    })
    if ('failure' in digits) return digits
    if (digits.value === '') return { failure: 'is larger than 4 GiB' }
    const value = parseSha256(digits.value)
    return value === undefined ? { failure: 'could not be hashed' } : { value }
  },
}

/** Reads the whole stream. The caller ends it one byte after the limit. */
async function readAtMost(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/**
 * Opens the file and checks the open file, so that another file cannot take its place between the
 * check and the read.
 */
async function withRegularFile<T>(
  path: string,
  read: (file: FileHandle) => Promise<T>,
): Promise<Result<T>> {
  // Without O_NONBLOCK, the open of a named pipe without a writer never returns.
  const opened = await attempt(() => open(path, constants.O_RDONLY | constants.O_NONBLOCK))
  if ('failure' in opened) return opened
  const file = opened.value
  try {
    const found = await file.stat()
    if (found.isDirectory()) return { failure: 'is a directory' }
    if (!found.isFile()) return { failure: 'is not a regular file; - reads from stdin' }
    return await attempt(() => read(file))
  } finally {
    await file.close()
  }
}

async function isRegularFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EISDIR: 'is a directory',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ELOOP: 'is a symbolic link to itself',
  ENAMETOOLONG: 'has a name that is too long',
}

async function attempt<T>(read: () => Promise<T>): Promise<Result<T>> {
  try {
    return { value: await read() }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const code = 'code' in error ? String(error.code) : ''
    return { failure: FAILURES[code] ?? `cannot be read (${code === '' ? error.message : code})` }
  }
}
