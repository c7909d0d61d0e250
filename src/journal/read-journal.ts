/**
 * Reads journals and validates each line with the journal's schema. A journal can record work that
 * an earlier run did not finish, so a journal that cannot be read, or a line that does not fit the
 * schema, is an error. Only the last line may be cut off. A journal gives a plan information and
 * decides nothing: the plan is judged like any other, and names are checked when a request is
 * built.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalEvent } from '../documents/journal.generated.ts'
import { findEventProblem } from '../documents/validator.ts'
import { LockstepError, errorName } from '../domain/errors.ts'
import { compareText, UNKNOWN_HASH } from '../domain/names.ts'
import { checkFolder, readPrivate } from './private-state.ts'

const ENDING = '.jsonl'

/**
 * The ids of the runs kept in a folder, oldest first. Empty if the folder does not exist. Throws a
 * LockstepError if the folder cannot be read.
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
    // If the path is a file, no run can have written a journal there.
    if (['ENOENT', 'ENOTDIR'].includes(errorName(cause))) return []
    throw unreadable(`the journals in ${folder}`, cause)
  }
}

/**
 * The events of a run. Throws a LockstepError with file and line if the journal or a line cannot be
 * read.
 */
export function readRun(folder: string, run: string): JournalEvent[] {
  return readLines(folder, run).map((line) => line.event())
}

/** A line that is parsed only when its event is needed. */
export interface JournalLine {
  /** Throws a LockstepError with file and line if the line does not fit the schema. */
  readonly event: () => JournalEvent
}

/**
 * The lines of a run's journal, without a last line that was cut off while it was written. Throws a
 * LockstepError if the file cannot be read.
 */
export function readLines(folder: string, run: string): JournalLine[] {
  const path = join(folder, `${run}${ENDING}`)
  let text: string
  try {
    text = readPrivate(path)
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause
    throw unreadable(`the journal ${path}`, cause)
  }
  return parseLines(text, { at: (line) => `${path}:${line}`, fix: 'move the file away' })
}

/** Where a journal is, for the errors about its lines. */
export interface JournalPlace {
  /** Names a line. The first is 1. */
  readonly at: (line: number) => string
  /** What to do with a broken journal after `lockstep status`. */
  readonly fix: string
}

/** The lines of a journal's text, without a last line that was cut off while it was written. */
export function parseLines(text: string, place: JournalPlace): JournalLine[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => ({ event: () => parseEvent(line, index + 1, place) }))
}

function parseEvent(line: string, number: number, place: JournalPlace): JournalEvent {
  let value: unknown
  try {
    value = JSON.parse(line, nameUnknownHash)
  } catch {
    throw broken(number, place, 'not JSON')
  }
  const problem = findEventProblem(value)
  if (problem !== undefined) throw broken(number, place, problem)
  return value as JournalEvent
}

/**
 * Older journals wrote an empty hash for a builtin and also for a binary whose hash no server
 * reported. So an empty hash proves nothing.
 */
function nameUnknownHash(key: string, value: unknown): unknown {
  return key === 'sha256' && value === '' ? UNKNOWN_HASH : value
}

function unreadable(what: string, cause: unknown): LockstepError {
  return new LockstepError({
    code: 'journal-unreadable',
    message: `${what} cannot be read (${errorName(cause)})`,
    hint: 'It may record a run that was not finished, so nothing was begun. Make it readable, or choose another folder with --journal.',
    cause,
  })
}

function broken(line: number, { at, fix }: JournalPlace, why: string): LockstepError {
  return new LockstepError({
    code: 'journal-broken',
    message: `${at(line)}: this line does not fit the journal's schema: ${why}`,
    hint: `The journal may record a run that was not finished, so nothing was begun. Run lockstep status to see what runs now; then ${fix}. If a newer lockstep wrote the journal, use that version.`,
  })
}
