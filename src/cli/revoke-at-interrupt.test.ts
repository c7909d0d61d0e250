import { beforeEach, expect, test } from 'vitest'
import { testContext } from '../../test/builders/context.ts'
import { EXIT } from '../domain/errors.ts'
import type { Context } from '../operations/context.ts'
import { processHost } from './host/host.ts'
import { revokeAtInterrupt } from './revoke-at-interrupt.ts'

let done: string[]
let interrupt: (() => void) | undefined
let expireTimeLimit: () => void
let revoke: () => void
beforeEach(() => {
  done = []
  interrupt = undefined
})

const settle = () => new Promise((resolve) => setImmediate(resolve))

const host = {
  onInterrupt: (callback: () => void) => {
    interrupt = callback
    return () => (interrupt = undefined)
  },
  wait: () => new Promise<void>((resolve) => (expireTimeLimit = resolve)),
  exit: (code: number) => void done.push(`exit ${code}`),
}

const context = (): Context =>
  testContext({
    login: {
      abandon: () => {
        done.push('revoke')
        return new Promise<void>((resolve) => (revoke = resolve))
      },
    },
    close: () => Promise.resolve(void done.push('close')),
  })

test('a Ctrl-C ends the process after the token is revoked', async () => {
  await revokeAtInterrupt(Promise.resolve(context()), host)

  interrupt?.()
  await settle()
  expect(done).toEqual(['revoke'])
  revoke()
  await settle()

  expect(done).toEqual(['revoke', `exit ${EXIT.interrupted}`])
})

test('amid the login, the token is revoked when there is one', async () => {
  let connected: (context: Context) => void = () => undefined
  const connecting = new Promise<Context>((resolve) => (connected = resolve))
  void revokeAtInterrupt(connecting, host)

  interrupt?.()
  await settle()
  expect(done).toEqual([])
  connected(context())
  await settle()
  revoke()
  await settle()

  expect(done).toEqual(['revoke', `exit ${EXIT.interrupted}`])
})

test.each([
  ['the second Ctrl-C', () => interrupt?.()],
  ['the time limit', () => expireTimeLimit()],
])('%s does not wait for the revocation', async (_, end) => {
  await revokeAtInterrupt(Promise.resolve(context()), host)
  interrupt?.()
  await settle()

  end()
  await settle()

  expect(done).toEqual(['revoke', `exit ${EXIT.interrupted}`])
})

test('a session that was closed, and a login that failed, are not watched', async () => {
  const session = await revokeAtInterrupt(Promise.resolve(context()), host)
  await session.close()
  expect([done, interrupt]).toEqual([['close'], undefined])

  await expect(revokeAtInterrupt(Promise.reject(new Error('no')), host)).rejects.toThrow('no')
  expect(interrupt).toBeUndefined()
})

test('a signal goes to the newest that watches, and to the one before after its end', () => {
  const { onInterrupt } = processHost()
  const before = process.listenerCount('SIGHUP')
  const called: string[] = []
  const stopFirst = onInterrupt(() => called.push('first'))
  const stopSecond = onInterrupt(() => called.push('second'))

  process.emit('SIGHUP')
  stopSecond()
  stopSecond()
  process.emit('SIGHUP')
  stopFirst()

  expect(called).toEqual(['second', 'first'])
  expect(process.listenerCount('SIGHUP')).toBe(before)
})
