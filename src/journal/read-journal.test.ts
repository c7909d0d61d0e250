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

const ACTION = '"action":{"kind":"tune","mount":"secret/","namespace":"","version":"v1.0.0"}'
const STEP = `{"event":"step_started",${STAMP},"step":"s","number":1,"of":1,${ACTION},"undo":[],"restores":[]}`

it.each([
  ['null', 'the document must be object'],
  ['[]', 'the document must be object'],
  ['', 'not JSON'],
  ['{"event":"run_wai', 'not JSON'],
  ['{"event":"run_started"}', "the document must have required property 'at'"],
  [`{${STAMP}}`, '/event is missing or not known'],
  [`{"event":"run_invented",${STAMP}}`, '/event is missing or not known'],
  [`{"event":7,${STAMP}}`, '/event is missing or not known'],
  [STARTED.replace('"mounts":[]', '"mounts":[null]'), '/before/mounts/0 must be object'],
  [STARTED.replace('"steps":1', '"steps":"1"'), '/steps must be integer'],
  [
    STARTED.replace('"by":"me"', '"by":"me","by_whom":"you"'),
    'the document has a property that is not known: "by_whom"',
  ],
  [
    STEP.replace(ACTION, '"action":{"kind":"reload"}'),
    "/action must have required property 'node'",
  ],
  [STEP.replace(ACTION, '"action":{"kind":"unmount"}'), '/action/kind is missing or not known'],
  [STEP.replace('"undo":[]', '"undo":[{"kind":"check"}]'), '/undo/0/kind is missing or not known'],
  [STEP.replace('"restores":[]', '"restores":[null]'), '/restores/0 must be object'],
  [
    STEP.replace('"restores":[]', '"restores":[{"fact":"mount","mount":7}]'),
    "/restores/0 must have required property 'namespace'",
  ],
  [
    `{"event":"step_done",${STAMP},"step":"s","outcome":"perhaps"}`,
    '/outcome must be equal to one of the allowed values',
  ],
])('names the line that does not fit the schema, and the reason: %s', (line, problem) => {
  write(`${STARTED}\n${line}\n${WAITING}\n`)

  expect(() => readRun(folder, 'one')).toThrow(
    expect.objectContaining({
      code: 'journal-broken',
      message: `${join(folder, 'one.jsonl')}:2: this line does not fit the journal's schema: ${problem}`,
    }),
  )
})

it('reads a step of every kind of action', () => {
  const check = '"action":{"kind":"check","node":"http://a:8200","namespace":"","mounts":["kv/"]}'
  write(`${STARTED}\n${STEP}\n${STEP.replace(ACTION, check)}\n`)

  expect(readRun(folder, 'one')).toHaveLength(3)
})

it('reads an empty hash in an older journal as an unknown hash', () => {
  const mount = (sha256: string): string =>
    `"mounts":[{"mount":"kv/","namespace":"","plugin":"secret/kv","version":"","running":[{"node":"http://a:8200","sha256":"${sha256}"}]}]`
  write(`${STARTED.replace('"mounts":[]', mount(''))}\n`)

  const [started] = readRun(folder, 'one')

  expect(started).toMatchObject({
    before: { mounts: [{ running: [{ node: 'http://a:8200', sha256: 'unknown' }] }] },
  })
})

it('names a journal that cannot be read', () => {
  write(STARTED)
  chmodSync(join(folder, 'one.jsonl'), 0)

  // Root can read every file, so there is no error.
  if (process.getuid?.() === 0) return
  expect(() => readRun(folder, 'one')).toThrow(
    expect.objectContaining({ code: 'journal-unreadable' }),
  )
})

it('names a journal that does not exist', () => {
  expect(() => readRun(folder, 'two')).toThrow(
    expect.objectContaining({
      code: 'journal-unreadable',
      message: `the journal ${join(folder, 'two.jsonl')} cannot be read (ENOENT)`,
    }),
  )
})

it('lists no folder as a run, and no runs if the folder does not exist', () => {
  write(STARTED)
  mkdirSync(join(folder, 'two.jsonl'))

  expect(listRuns(folder)).toEqual(['one'])
  expect(listRuns(join(folder, 'none'))).toEqual([])
})

function write(text: string): void {
  writeFileSync(join(folder, 'one.jsonl'), text, { mode: 0o600 })
}
