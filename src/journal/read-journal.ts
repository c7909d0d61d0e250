/**
 * Reads journals, each line by the journal's schema. What earlier runs left unfinished must not be
 * overlooked: a journal that cannot be read, or has a line that does not fit, is an error, and only
 * a last line may be cut off. A journal informs a plan and decides nothing: whatever it says, the
 * plan made with it is judged like any other, and names are checked where a request is built.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalEvent } from '../documents/journal.generated.ts'
import { findEventFault } from '../documents/validator.ts'
import { LockstepError, faultName } from '../domain/errors.ts'
import { compareText, UNKNOWN_HASH } from '../domain/names.ts'
import { checkFolder, readPrivate } from './private-state.ts'

const ENDING = '.jsonl'

/**
 * The runs kept in a folder, oldest first; none where it does not exist. Throws a LockstepError
 * where it cannot be read.
 */
export function listRuns(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    checkFolder(folder)
    return entries
      .filter((entry) => entry.name.endsWith(ENDING) && !entry.isDirectory())
      .map(({ name }) => name.slice(0, -ENDING.length))
      .sort(compareText)
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause
    // Where a file is in the folder's place no run wrote anything, and none will.
    if (['ENOENT', 'ENOTDIR'].includes(faultName(cause))) return []
    throw unreadable(`the journals in ${folder}`, cause)
  }
}

/** A run's events. Throws a LockstepError with file and line. */
export function readRun(folder: string, run: string): JournalEvent[] {
  return readLines(folder, run).map((line) => line.event())
}

/** A line that need not be looked into. */
export interface JournalLine {
  /** Throws a LockstepError with file and line where no run wrote it. */
  readonly event: () => JournalEvent
}

/** The lines of a run's journal, less a last one that was cut off while it was written. */
export function readLines(folder: string, run: string): JournalLine[] {
  const path = join(folder, `${run}${ENDING}`)
  let text: string
  try {
    text = readPrivate(path)
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause
    throw unreadable(`the journal ${path}`, cause)
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => ({ event: () => parseEvent(line, `${path}:${index + 1}`) }))
}

function parseEvent(line: string, place: string): JournalEvent {
  let value: unknown
  try {
    value = JSON.parse(line, nameUnknownHash)
  } catch {
    throw broken(place, 'not JSON')
  }
  const fault = findEventFault(value)
  if (fault !== undefined) throw broken(place, fault)
  return value as JournalEvent
}

/** Journals had an empty hash both of a builtin and of what no hash was reported of: nothing is proved by it. */
function nameUnknownHash(key: string, value: unknown): unknown {
  return key === 'sha256' && value === '' ? UNKNOWN_HASH : value
}

function unreadable(what: string, cause: unknown): LockstepError {
  return new LockstepError({
    code: 'journal-unreadable',
    message: `${what} cannot be read (${faultName(cause)})`,
    hint: 'It may tell of a run that was not finished, so nothing was begun. Make it readable, or choose another folder with --journal.',
    cause,
  })
}

function broken(place: string, why: string): LockstepError {
  return new LockstepError({
    code: 'journal-broken',
    message: `${place}: this line does not fit the journal's schema: ${why}`,
    hint: 'The journal may tell of a run that was not finished, so nothing was begun. Run lockstep status to see what runs now; then move the file away. If a newer lockstep wrote the journal, use that version.',
  })
}
