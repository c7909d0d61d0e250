import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { listRuns, readRun } from './read-journal.ts'

const STAMP = '"at":"2026-01-01T00:00:00.000Z","run":"one"'
const STARTED = `{"event":"run_started",${STAMP},"plan_id":"p","cluster":{"id":"c","name":"lab"},"steps":1,"by":"me","before":{"entries":[],"mounts":[],"connections":[]}}`
const WAITING = `{"event":"run_waiting",${STAMP},"reason":"no leader"}`

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-journal-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

it.each([
  { what: 'is whole', end: '' },
  { what: 'was cut off while its last line was written', end: '{"event":"run_wai' },
  { what: 'ends in what a power failure leaves', end: '\0\0\0' },
])('reads a journal that $what', ({ end }) => {
  write(`${STARTED}\n${WAITING}\n${end}`)

  expect(readRun(folder, 'one').map(({ event }) => event)).toEqual(['run_started', 'run_waiting'])
})

it.each([
  'null',
  '',
  '{"event":"run_wai',
  '{"event":"run_started"}',
  `{"event":"run_invented",${STAMP}}`,
  STARTED.replace('"mounts":[]', '"mounts":[null]'),
  `{"event":"step_started",${STAMP},"step":"s","action":{"kind":"reload"},"undo":[],"restores":[]}`,
])('says in which line stands what no run wrote: %s', (line) => {
  write(`${STARTED}\n${line}\n${WAITING}\n`)

  expect(() => readRun(folder, 'one')).toThrow(
    expect.objectContaining({
      code: 'journal-broken',
      message: `${join(folder, 'one.jsonl')}:2: this is no line of a journal`,
    }),
  )
})

it('says which journal cannot be read', () => {
  write(STARTED)
  chmodSync(join(folder, 'one.jsonl'), 0)

  // For who may read everything there is nothing to say.
  if (process.getuid?.() === 0) return
  expect(() => readRun(folder, 'one')).toThrow(
    expect.objectContaining({ code: 'journal-unreadable' }),
  )
})

it('says so of a journal that is gone', () => {
  expect(() => readRun(folder, 'two')).toThrow(
    expect.objectContaining({
      code: 'journal-unreadable',
      message: `the journal ${join(folder, 'two.jsonl')} cannot be read (ENOENT)`,
    }),
  )
})

it('takes no folder for a journal, and no folder for one without any', () => {
  write(STARTED)
  mkdirSync(join(folder, 'two.jsonl'))

  expect(listRuns(folder)).toEqual(['one'])
  expect(listRuns(join(folder, 'none'))).toEqual([])
})

function write(text: string): void {
  writeFileSync(join(folder, 'one.jsonl'), text)
}
