import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { EXIT, LockstepError } from '../domain/errors.ts'
import {
  type LocalLock,
  type LockHolder,
  readHolder,
  removeLock,
  takeLocalLock,
  wasLockedSince,
} from './local-lock.ts'

const commands = { show: 'lockstep lock show -f x', release: 'lockstep lock release -f x' }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-lock-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

it('is held by one run at a time, and another run gets the holder’s name', () => {
  take(holder('one', 1))

  const second = attempt(() => take(holder('two', 2)))

  expect(second).toMatchObject({ code: 'locked', exitCode: EXIT.locked })
  expect(second?.message).toContain('me@here pid 1, since 2026-01-01')
  expect(second?.message).toContain('run one')
  expect(second?.hint).toContain(commands.show)
  expect(second?.hint).toContain(commands.release)
})

it('is free after its holder releases it', () => {
  take(holder('one', 1)).release()

  take(holder('two', 2))

  expect(readHolder(folder)?.run).toBe('two')
  expect(readdirSync(folder)).toEqual(['lock'])
})

it('tells whether another run had it since a moment', () => {
  const long = new Date('2026-01-01')
  const since = long.getTime() + 1_000
  const isLockedBy = (act: () => void): boolean => {
    utimesSync(folder, long, long)
    act()
    return wasLockedSince(folder, since)
  }
  let lock: LocalLock | undefined

  expect(isLockedBy(() => undefined)).toBe(false)
  expect(isLockedBy(() => (lock = take(holder('one', 1))))).toBe(true)
  expect(isLockedBy(() => lock?.release())).toBe(true)
  expect(wasLockedSince(join(folder, 'none'), since)).toBe(false)
})

it('is no longer its holder’s after a person releases it', () => {
  const first = take(holder('one', 1))
  const shown = readHolder(folder)!
  expect(first.isOurs()).toBe(true)

  expect(removeLock(folder, shown)).toBe(true)
  expect(first.isOurs()).toBe(false)
  const second = take(holder('two', 2))

  expect(first.isOurs()).toBe(false)
  first.release()
  expect(second.isOurs()).toBe(true)
  expect(removeLock(folder, shown)).toBe(false)
  expect(second.isOurs()).toBe(true)
})

it('is taken over from a process that died, also if another one died during its takeover', () => {
  take(holder('dead', 1))
  writeFileSync(join(folder, 'lock.dead.takeover'), JSON.stringify(holder('heir', 2)), {
    mode: 0o600,
  })

  take(holder('three', 3), (pid) => pid > 2)

  expect(readHolder(folder)?.run).toBe('three')
  expect(readdirSync(folder)).toEqual(['lock'])
})

it('is not taken over while another process is doing so', () => {
  take(holder('dead', 1))
  writeFileSync(join(folder, 'lock.dead.takeover'), JSON.stringify(holder('heir', 2)), {
    mode: 0o600,
  })

  const third = attempt(() => take(holder('three', 3), (pid) => pid > 1))

  expect(third?.exitCode).toBe(EXIT.locked)
  expect(readHolder(folder)?.run).toBe('dead')
})

it('is not held by an earlier process with our own process id', () => {
  take(holder('before the restart', 7))

  take(holder('after it', 7))

  expect(readHolder(folder)?.run).toBe('after it')
})

it('counts as held if another machine holds it', () => {
  take({ ...holder('theirs', 1), host: 'there' })

  const ours = attempt(() => take(holder('ours', 2), () => false))

  expect(ours?.exitCode).toBe(EXIT.locked)
})

it.each([
  '',
  '{"run":"one","who',
  'null',
  '{"run":"one"}',
  '{"run":"../x","who":"a","since":"b","pid":1,"host":"here"}',
])('counts as held by an unknown run if its file contains %j', (text) => {
  const lock = join(folder, 'lock')
  writeFileSync(lock, text, { mode: 0o600 })

  const taken = attempt(() => take(holder('next', 2), () => false))

  expect(taken).toMatchObject({ code: 'locked', exitCode: EXIT.locked })
  expect(taken?.message).toContain('does not say who holds the cluster')
  expect(taken?.hint).toContain(`${commands.release} --force`)
  expect(readdirSync(folder)).toEqual(['lock'])
  const shown = readHolder(folder)!
  expect(removeLock(folder, shown)).toBe(true)
  expect(removeLock(folder, shown)).toBe(false)
})

it('is neither read nor taken through a symbolic link', () => {
  const elsewhere = join(folder, 'elsewhere')
  writeFileSync(elsewhere, JSON.stringify(holder('dead', 9)), { mode: 0o600 })
  symlinkSync(elsewhere, join(folder, 'lock'))

  const taken = attempt(() => take(holder('next', 2), () => false))

  expect(taken).toMatchObject({ code: 'locked' })
  expect(existsSync(elsewhere)).toBe(true)
})

it('names a folder that cannot be written', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '', { mode: 0o600 })

  const error = attempt(() => {
    takeLocalLock({ folder: file, holder: holder('one', 1), isAlive: () => true, commands })
  })

  expect(error).toMatchObject({ code: 'lock-unwritable' })
  expect(error?.hint).toContain('Nothing was begun')
  expect(error?.hint).toContain('XDG_STATE_HOME')
})

function holder(run: string, pid: number): LockHolder {
  const who = `me@here pid ${String(pid)}`
  return { run, who, since: '2026-01-01T00:00:00.000Z', pid, host: 'here' }
}

function take(one: LockHolder, isAlive: (pid: number) => boolean = () => true): LocalLock {
  return takeLocalLock({ folder, holder: one, isAlive, commands })
}

function attempt(work: () => unknown): LockstepError | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof LockstepError) return error
    throw error
  }
}
