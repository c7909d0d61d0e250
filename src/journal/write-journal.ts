/**
 * Writes the journal of a run: JSON lines, appended and on disk before a request goes out. It is
 * evidence, and the only record of what a server does not give back. Holds no secret.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import { LockstepError, faultName } from '../domain/errors.ts'
import { compareText } from '../domain/names.ts'
import { checkFolder } from './private-state.ts'

export interface Journal {
  readonly path: string
  readonly write: (event: JournalEvent) => void
  readonly close: () => void
}

/**
 * What this machine keeps: the user's state folder, a folder for each cluster, with the lock and,
 * where `--journal` does not say otherwise, the journals.
 */
export function journalRoot(
  env: EnvironmentVariables,
  home: string,
): { readonly of: (clusterId: string) => string; readonly folders: () => string[] } {
  const state = env['XDG_STATE_HOME'] ?? ''
  // Its specification has a relative one ignored: it would be another folder from each place.
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

/** Throws a LockstepError when the folder cannot be written: then nothing must be begun. */
export function openJournal(folder: string, run: string): Journal {
  const path = join(folder, `${run}.jsonl`)
  const descriptor = attempt(path, 'Nothing was begun.', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    checkFolder(folder)
    // Exclusive: neither a file nor a link that is there already is written to.
    const opened = openSync(path, 'ax', 0o600)
    // The file's name must outlive a power failure too.
    syncFolder(folder)
    return opened
  })
  return {
    path,
    write: (event) => {
      const isFirst = event.event === 'run_started'
      attempt(path, isFirst ? 'Nothing was begun.' : 'Nothing more is done without it.', () => {
        writeWhole(descriptor, Buffer.from(`${JSON.stringify(event)}\n`))
        fsyncSync(descriptor)
      })
    },
    close: () => {
      closeSync(descriptor)
    },
  }
}

/** A disk that fills up may take half a line without an error, and fail only the rest. */
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
    // Not every file system can.
  } finally {
    closeSync(opened)
  }
}

function attempt<T>(path: string, consequence: string, write: () => T): T {
  try {
    return write()
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause
    const why = faultName(cause)
    throw new LockstepError({
      code: 'journal-unwritable',
      message: `the journal ${path} cannot be written (${why})`,
      hint: `${consequence} Make room or choose another folder with --journal.`,
      cause,
    })
  }
}
