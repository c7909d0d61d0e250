/**
 * Guards the files that this machine keeps between runs. A run learns from them what earlier runs
 * did. So they are read, and added to, only if no other user can have written them.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs'
import { LockstepError } from '../domain/errors.ts'
import { shellWords } from '../domain/shell-words.ts'

/** In bytes. The journal of a run of 100,000 steps is smaller. */
const LARGEST = 256 * 1024 ** 2

/** Throws a LockstepError if another user owns the folder or may write to it. */
export function checkFolder(path: string): void {
  check(path, statSync(path))
}

/**
 * The text of a kept file. Throws a LockstepError if another user owns the file or may write to it,
 * and Node's own error if the file does not exist or is a symbolic link (ELOOP).
 */
export function readPrivate(path: string): string {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const found = fstatSync(descriptor)
    check(path, found)
    if (!found.isFile()) throw refused(path, 'is not a regular file', 'Move it away.')
    if (found.size > LARGEST) {
      throw refused(path, `is larger than ${LARGEST / 1024 ** 2} MiB`, 'Move it away.')
    }
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/** A file of root is accepted: root can write everywhere. */
function check(path: string, { uid, mode }: Stats): void {
  const own = process.geteuid?.()
  if (own === undefined) return
  if (uid !== own && uid !== 0) {
    throw refused(
      path,
      `belongs to another user (uid ${uid}; this program runs as ${own})`,
      'Run as that user, or choose another folder: --journal for journals, XDG_STATE_HOME for all.',
    )
  }
  if ((mode & 0o022) !== 0) {
    const fix = shellWords(['chmod', 'go-w', path])
    throw refused(
      path,
      `can be written by other users (mode ${(mode & 0o777).toString(8)})`,
      `See who wrote there, then: ${fix}`,
    )
  }
}

function refused(path: string, why: string, hint: string): LockstepError {
  return new LockstepError({
    code: 'state-not-private',
    message: `${path} ${why}. What earlier runs did is read there, so nothing was begun.`,
    hint,
  })
}
