/**
 * Files that others wrote name only what lies beside them. Each path is resolved, symbolic links
 * included, and read only below one of the folders that the command line gave.
 */
import { realpath } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'
import { type Files, type Result, STDIN } from './files.ts'

const OUTSIDE = {
  failure:
    'lies outside the folder of the desired state, and with --untrusted-files nothing there is read',
}

/** `given`: the files and folders of the command line. */
export function filesInFolders(on: Files, given: readonly string[]): Files {
  const folders = Promise.all(given.map((path) => realFolder(on, path)))
  const within = async <T>(
    path: string,
    read: (path: string) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    if (path === STDIN) return read(path)
    const real = await realpath(path).catch(() => undefined)
    // What is not there is told by whoever reads it.
    if (real === undefined) return read(path)
    const inside = (await folders).some((folder) => folder !== undefined && isBelow(real, folder))
    return inside ? read(real) : OUTSIDE
  }
  return {
    kind: (path) => within(path, (real) => on.kind(real)),
    list: (path) => within(path, (real) => on.list(real)),
    read: (path, limit) => within(path, (real) => on.read(real, limit)),
    sha256: (path) => within(path, (real) => on.sha256(real)),
  }
}

/** Undefined where a link of the working folder leads out of it: who wrote the files may have made it. */
async function realFolder(on: Files, path: string): Promise<string | undefined> {
  const kind = path === STDIN ? { value: 'file' as const } : await on.kind(path)
  if ('failure' in kind) return undefined
  const folder = kind.value === 'directory' ? resolve(path) : dirname(resolve(path))
  const [real, here] = await Promise.all([realpath(folder), realpath('.')])
  return isBelow(folder, resolve('.')) && !isBelow(real, here) ? undefined : real
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`))
}
