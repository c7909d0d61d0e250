/**
 * Reading files, behind an interface so that the loader runs without a disk.
 * Failures are values in the words of the message; nothing here writes, and no file is read
 * whole that is larger than it may be.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { parseSha256, type Sha256 } from '../domain/names.ts'

export type Result<T> = { readonly value: T } | { readonly failure: string }

export interface Files {
  kind(path: string): Promise<Result<'directory' | 'file'>>
  /** The names of the regular files in a directory, in any order. */
  list(directory: string): Promise<Result<readonly string[]>>
  /** The text of a UTF-8 file of at most `limit` bytes. */
  read(path: string, limit: number): Promise<Result<string>>
  sha256(path: string): Promise<Result<Sha256>>
}

/** The name that stands for what is piped in. */
const STDIN = '-'

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
    const bytes = await attempt(async () => {
      const chunks: Buffer[] = []
      // One byte more than may be there, so that a pipe or an endless device ends too.
      for await (const chunk of createReadStream(path, {
        end: limit,
        ...(path === STDIN && { fd: 0 }),
      }))
        chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    })
    if ('failure' in bytes) return bytes
    if (bytes.value.length > limit) return { failure: `is larger than ${limit / 1024} KiB` }
    try {
      return { value: new TextDecoder('utf-8', { fatal: true }).decode(bytes.value) }
    } catch {
      return { failure: 'is not UTF-8 text' }
    }
  },

  async sha256(path) {
    const digits = await attempt(async () => {
      const hash = createHash('sha256')
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
      return hash.digest('hex')
    })
    if ('failure' in digits) return digits
    const value = parseSha256(digits.value)
    return value === undefined ? { failure: 'could not be hashed' } : { value }
  },
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
