import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { journalRoot, openJournal } from './write-journal.ts'
import { takeLocalLock } from '../lock/local-lock.ts'
import { listRuns, readRun } from './read-journal.ts'

const LINE =
  '{"event":"run_waiting","at":"2026-01-01T00:00:00.000Z","run":"one","reason":"no leader"}\n'
const OTHER_USER = 12345

let folder = ''
let journal = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-state-'))
  journal = join(folder, 'one.jsonl')
  writeFileSync(journal, LINE, { mode: 0o600 })
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const uses = [
  ['listing runs', () => listRuns(folder)],
  ['writing a journal', () => openJournal(folder, 'two')],
  ['taking the lock', takeLock],
] as const

describe.each(uses)('%s', (_name, use) => {
  it.each([0o770, 0o707, 0o777])('is refused in a folder of mode %o', (mode) => {
    chmodSync(folder, mode)

    expect(use).toThrow(/can be written by other users \(mode 7[07]{2}\)/)
  })

  it.skipIf(!canGiveAway())('is refused in a folder of another user', () => {
    chownSync(folder, OTHER_USER, OTHER_USER)

    expect(use).toThrow(`belongs to another user (uid ${OTHER_USER}`)
  })

  it('works in a folder that others may read', () => {
    chmodSync(folder, 0o755)

    expect(use).not.toThrow()
  })
})

describe('a journal', () => {
  it.each([0o620, 0o602])('of mode %o is refused', (mode) => {
    chmodSync(journal, mode)

    expect(() => readRun(folder, 'one')).toThrow('can be written by other users')
  })

  it('is not read through a symbolic link, nor written through one', () => {
    symlinkSync(journal, join(folder, 'link.jsonl'))

    expect(() => readRun(folder, 'link')).toThrow('ELOOP')
    expect(() => openJournal(folder, 'link')).toThrow('EEXIST')
  })

  it('that is whole and private is read', () => {
    expect(readRun(folder, 'one')).toHaveLength(1)
  })
})

it.each([
  ['/state', '/state/lockstep/id'],
  ['', '/home/me/.local/state/lockstep/id'],
  ['state', '/home/me/.local/state/lockstep/id'],
  ['./state', '/home/me/.local/state/lockstep/id'],
])('XDG_STATE_HOME=%j keeps journals in %s', (state, expected) => {
  expect(journalRoot({ XDG_STATE_HOME: state }, '/home/me').of('id')).toBe(expected)
})

/** Root can give files away, unless a container has no such right. */
function canGiveAway(): boolean {
  const file = mkdtempSync(join(tmpdir(), 'lockstep-owner-'))
  try {
    chownSync(file, OTHER_USER, OTHER_USER)
    return true
  } catch {
    return false
  } finally {
    rmSync(file, { recursive: true })
  }
}

function takeLock(): void {
  const who = { run: 'two', who: 'me', since: '2026-01-01T00:00:00.000Z', pid: 1, host: 'here' }
  const commands = { show: 'show', release: 'release' }
  takeLocalLock({ folder, holder: who, isAlive: () => false, commands })
}
