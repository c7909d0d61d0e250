/**
 * Writes the journal of a run as JSON lines. The line of a request is on disk before it is sent. The
 * journal is the only record of what servers do not report, as an entry's old environment names. It
 * holds no secret.
 */
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeSync,
} from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import { LockstepError, errorName } from '../domain/errors.ts'
import { compareText } from '../domain/names.ts'
import { checkFolder } from './private-state.ts'

export interface Journal {
  readonly path: string
  readonly write: (event: JournalEvent) => void
  readonly close: () => void
}

/**
 * The folders that this machine keeps between runs: in the user's state folder, one folder for each
 * cluster, with the lock and the journals (if `--journal` names no other folder).
 */
export function journalRoot(
  env: EnvironmentVariables,
  home: string,
): { readonly of: (clusterId: string) => string; readonly folders: () => string[] } {
  const state = env['XDG_STATE_HOME'] ?? ''
  // The XDG specification says to ignore a relative path: it would mean another folder from each
  // working directory.
  const root = join(isAbsolute(state) ? state : join(home, '.local', 'state'), 'lockstep')
  return {
    of: (clusterId) => join(root, clusterId),
    folders: () => {
      try {
        return readdirSync(root)
          .sort(compareText)
          .map((name) => join(root, name))
      } catch {
        return []
      }
    },
  }
}

/**
 * Creates the journal file of a run. Throws a LockstepError if the folder cannot be written: the
 * run must not begin.
 */
export function openJournal(folder: string, run: string): Journal {
  const path = join(folder, `${run}.jsonl`)
  const descriptor = writeOrExplain(path, 'Nothing was begun.', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    checkFolder(folder)
    // Exclusive (`x`): an existing file or link is never written to.
    const opened = openSync(path, 'ax', 0o600)
    // The file's name must survive a power failure too.
    syncFolder(folder)
    return opened
  })
  return {
    path,
    write: (event) => {
      const isFirst = event.event === 'run_started'
      writeOrExplain(
        path,
        isFirst ? 'Nothing was begun.' : 'Nothing more is done without it.',
        () => {
          writeWhole(descriptor, Buffer.from(`${JSON.stringify(event)}\n`))
          // That a step is done goes to disk with the next line: without it the step counts as not
          // checked, as it did before.
          if (event.event !== 'step_done') fdatasyncSync(descriptor)
        },
      )
    },
    close: () => {
      closeSync(descriptor)
    },
  }
}

/** A full disk may accept half a line without an error and fail only for the rest. */
function writeWhole(descriptor: number, line: Buffer): void {
  for (let written = 0; written < line.length;) {
    written += writeSync(descriptor, line, written)
  }
}

function syncFolder(folder: string): void {
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } catch {
    // Not every file system can sync a folder.
  } finally {
    closeSync(opened)
  }
}

function writeOrExplain<T>(path: string, consequence: string, write: () => T): T {
  try {
    return write()
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause
    const reason = errorName(cause)
    throw new LockstepError({
      code: 'journal-unwritable',
      message: `the journal ${path} cannot be written (${reason})`,
      hint: `${consequence} Make room or choose another folder with --journal.`,
      cause,
    })
  }
}
