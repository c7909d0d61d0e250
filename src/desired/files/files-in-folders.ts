/**
 * Restricts untrusted files to files in their own folders. Each path is resolved, with its symbolic
 * links, and is read only if it is below one of the folders of the command line.
 */
import { realpath } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'
import { type Files, type Result, STDIN } from './files.ts'

const OUTSIDE = {
  failure:
    'lies outside the folder of the desired state, and with --untrusted-files nothing there is read',
}

/** `paths`: the files and folders of the command line. */
export function filesInFolders(disk: Files, paths: readonly string[]): Files {
  const folders = Promise.all(paths.map((path) => realFolder(disk, path)))
  const within = async <T>(
    path: string,
    read: (path: string) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    if (path === STDIN) return read(path)
    const real = await realpath(path).catch(() => undefined)
    // A file that does not exist is reported by the read.
    if (real === undefined) return read(path)
    const inside = (await folders).some((folder) => folder !== undefined && isBelow(real, folder))
    return inside ? read(real) : OUTSIDE
  }
  return {
    kind: (path) => within(path, (real) => disk.kind(real)),
    list: (path) => within(path, (real) => disk.list(real)),
    read: (path, limit) => within(path, (real) => disk.read(real, limit)),
    sha256: (path) => within(path, (real) => disk.sha256(real)),
  }
}

/**
 * The resolved folder of a path; undefined if a symbolic link leads it out of the working folder,
 * since the author of the files may have made that link.
 */
async function realFolder(disk: Files, path: string): Promise<string | undefined> {
  const kind = path === STDIN ? { value: 'file' as const } : await disk.kind(path)
  if ('failure' in kind) return undefined
  const folder = kind.value === 'directory' ? resolve(path) : dirname(resolve(path))
  const [real, here] = await Promise.all([realpath(folder), realpath('.')])
  return isBelow(folder, resolve('.')) && !isBelow(real, here) ? undefined : real
}

function isBelow(path: string, folder: string): boolean {
  const relativePath = relative(folder, path)
  return relativePath === '' || (relativePath !== '..' && !relativePath.startsWith(`..${sep}`))
}
