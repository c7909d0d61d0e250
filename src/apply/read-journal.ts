/**
 * Reads journals. What earlier runs left unfinished must not be overlooked: a journal that cannot
 * be read, or holds what no run wrote, is an error, and only a last line may be cut off.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalEvent } from '../documents/journal.generated.ts'
import { LockstepError, faultName } from '../domain/errors.ts'
import { compareText } from '../domain/names.ts'
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
    .map((line, index) => ({ event: () => parseEvent(line) ?? broken(`${path}:${index + 1}`) }))
}

function parseEvent(line: string): JournalEvent | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isEvent(value) ? value : undefined
  } catch {
    return undefined
  }
}

type Parts = Readonly<Record<string, unknown>>

/** As far as whoever reads it relies on. */
function isEvent(value: unknown): value is JournalEvent {
  if (!isParts(value) || !areTexts(value, 'event', 'at', 'run')) return false
  switch (value['event'] as JournalEvent['event']) {
    case 'run_started':
      return areTexts(value['cluster'], 'id', 'name') && isBefore(value['before'])
    case 'step_started':
      return areTexts(value, 'step') && isAction(value['action']) && isList(value['restores'])
    case 'undo_started':
      return areTexts(value, 'step') && isAction(value['action'])
    case 'step_done':
      return areTexts(value, 'step', 'outcome')
    case 'step_failed':
    case 'undo_done':
    case 'undo_failed':
      return areTexts(value, 'step')
    case 'run_waiting':
      return areTexts(value, 'reason')
    case 'run_ended':
      return areTexts(value, 'outcome') && isList(value['done'])
    default:
      return false
  }
}

function isBefore(value: unknown): boolean {
  return (
    isParts(value) &&
    areAll(value['entries'], (one) => {
      return areTexts(one, 'plugin', 'version') && (one['entry'] === null || isEntry(one['entry']))
    }) &&
    areAll(value['mounts'], (one) => {
      const { running = [] } = isParts(one) ? one : {}
      return (
        areTexts(one, 'mount', 'plugin') && areAll(running, (on) => areTexts(on, 'node', 'sha256'))
      )
    }) &&
    areAll(value['connections'], (one) => areTexts(one, 'connection', 'plugin', 'version'))
  )
}

function isAction(value: unknown): boolean {
  if (!areTexts(value, 'kind')) return false
  switch (value['kind']) {
    case 'register':
      return (
        areTexts(value, 'plugin', 'version') &&
        isEntry(value['entry']) &&
        areAll(value['env'], (one) => areTexts(one, 'name'))
      )
    case 'reload':
    case 'check':
      return areTexts(value, 'node') && isList(value['mounts'])
    default:
      return true
  }
}

function isEntry(value: unknown): boolean {
  return areTexts(value, 'command', 'sha256') && isList(value['args'])
}

function isParts(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null
}

function areTexts(value: unknown, ...names: readonly string[]): value is Parts {
  return isParts(value) && names.every((name) => typeof value[name] === 'string')
}

function areAll(value: unknown, is: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is)
}

function isList(value: unknown): boolean {
  return Array.isArray(value)
}

function unreadable(what: string, cause: unknown): LockstepError {
  return new LockstepError({
    code: 'journal-unreadable',
    message: `${what} cannot be read (${faultName(cause)})`,
    hint: 'It may tell of a run that was not finished, so nothing was begun. Make it readable, or choose another folder with --journal.',
    cause,
  })
}

function broken(place: string): never {
  throw new LockstepError({
    code: 'journal-broken',
    message: `${place}: this is no line of a journal`,
    hint: 'It may tell of a run that was not finished, so nothing was begun. See what runs now with lockstep status; then move the file away.',
  })
}
