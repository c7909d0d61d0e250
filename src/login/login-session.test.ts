import { beforeEach, describe, expect, test } from 'vitest'
import type { ServerRequest, ServerResponse } from '../domain/exchange.ts'
import { type NodeAddress, ROOT_NAMESPACE } from '../domain/names.ts'
import { createClient } from '../server/client.ts'
import { startLogin } from './login-session.ts'
import type { LoginSettings } from './settings.ts'

const ADDRESS = 'http://a:8200' as NodeAddress
const PASSWORD = 'the-password'

/** A server that knows some tokens. Its answers can be replaced by path. */
let server: {
  asked: string[]
  logins: number
  known: Set<string>
  answers: Map<string, (request: ServerRequest) => Partial<ServerResponse> | Error>
}
let timers: { milliseconds: number; call: () => void }[]
let clock: number
let used: string[]
let unrevoked: string[]
let life: { lease_duration: number; renewable: boolean; token_type: string }

beforeEach(() => {
  server = { asked: [], logins: 0, known: new Set(), answers: new Map() }
  timers = []
  clock = 0
  used = []
  unrevoked = []
  life = { lease_duration: 60, renewable: true, token_type: 'service' }
})

const denied = { status: 403, body: { errors: ['permission denied'] } }

function answer(request: ServerRequest): Partial<ServerResponse> | Error {
  const { path } = request
  const token = request.token ?? used.at(-1) ?? ''
  server.asked.push(path.includes('/login/') ? 'login' : path.replace('auth/token/', ''))
  const replaced = server.answers.get(path)?.(request)
  if (replaced !== undefined) return replaced
  if (path === 'auth/userpass/login/me') {
    const made = `token-${++server.logins}`
    server.known.add(made)
    return { status: 200, body: { auth: { client_token: made, ...life } } }
  }
  if (!server.known.has(token)) return denied
  switch (path) {
    case 'auth/token/renew-self':
      return { status: 200, body: { auth: { lease_duration: life.lease_duration } } }
    case 'auth/token/revoke-self':
      server.known.delete(token)
      return { status: 204 }
    default:
      return { status: 200, body: { data: {} } }
  }
}

function start(over: { onAnswer?: () => void } = {}) {
  const transport = {
    close: () => Promise.resolve(),
    send: (_: NodeAddress, request: ServerRequest) => {
      const given = answer(request)
      over.onAnswer?.()
      if (given instanceof Error) return Promise.reject(given)
      return Promise.resolve({ status: 200, body: undefined, ...given })
    },
  }
  const settings: LoginSettings = {
    ...{ method: 'userpass', mount: 'userpass', username: 'me' },
    password: { kind: 'variable', from: 'LOCKSTEP_PASSWORD', value: PASSWORD },
  }
  const wait = (milliseconds: number) => {
    clock += milliseconds
    return Promise.resolve()
  }
  return startLogin({
    ...{ settings, env: {}, address: ADDRESS, namespace: ROOT_NAMESPACE, transport },
    client: createClient({ transport, wait }),
    addSecret: () => undefined,
    setToken: (token) => used.push(token),
    every: (milliseconds, call) => {
      const timer = { milliseconds, call }
      timers.push(timer)
      return () => (timers = timers.filter((one) => one !== timer))
    },
    clock: () => clock,
    onUnrevoked: (reason, ttl) => unrevoked.push(`${reason} ${ttl}`),
  })
}

/** Lets the next timer ring, and all that follows happen. */
async function ring(): Promise<number> {
  const [timer] = timers
  clock += timer?.milliseconds ?? 0
  timer?.call()
  await settle()
  return timer?.milliseconds ?? 0
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('a token is renewed at half of its life, and revoked at the end, once', async () => {
  const session = await start()
  expect(used).toEqual(['token-1'])
  expect([await ring(), await ring()]).toEqual([30_000, 30_000])

  await Promise.all([session.end(), session.end()])

  expect(server.asked).toEqual(['login', 'renew-self', 'renew-self', 'revoke-self'])
  expect(timers).toEqual([])
  expect(server.known.size).toBe(0)
})

test('a token near the limit of its life is replaced, and the old one is revoked', async () => {
  await start()
  server.answers.set('auth/token/renew-self', () => ({ body: { auth: { lease_duration: 20 } } }))

  await ring()

  expect(server.asked).toEqual(['login', 'renew-self', 'login', 'revoke-self'])
  expect(used).toEqual(['token-1', 'token-2'])
  expect([...server.known]).toEqual(['token-2'])
})

test('a batch token is replaced at half of its life, and never revoked', async () => {
  life = { lease_duration: 60, renewable: false, token_type: 'batch' }
  const session = await start()

  await ring()
  await session.end()

  expect(server.asked).toEqual(['login', 'login'])
})

test('a token without an end is not renewed', async () => {
  life = { lease_duration: 0, renewable: false, token_type: 'service' }
  const session = await start()

  await session.end()

  expect(timers).toEqual([])
  expect(server.asked).toEqual(['login', 'revoke-self'])
})

test('a renewal without an answer is tried again after half of the time that is left', async () => {
  await start()
  server.answers.set('auth/token/renew-self', () => new Error('cut'))

  expect([await ring(), await ring(), await ring()]).toEqual([30_000, 15_000, 7_500])
})

test('after a refused login, the next one waits for a minute: servers lock users', async () => {
  await start()
  server.answers.set('auth/token/renew-self', () => denied)
  server.answers.set('auth/userpass/login/me', () => ({ status: 400, body: { errors: ['no'] } }))
  await ring()

  for (let rings = 0; rings < 5; rings += 1) await ring()

  expect(server.asked.filter((one) => one === 'login')).toHaveLength(2)
  for (let rings = 0; rings < 2; rings += 1) await ring()
  expect(server.asked.filter((one) => one === 'login')).toHaveLength(3)
})

describe('a request that was refused', () => {
  test('with a token that the server does not know any more gets that of another login', async () => {
    const session = await start()
    server.known.clear()

    const tokens = await Promise.all([session.replace('token-1'), session.replace('token-1')])

    expect(tokens).toEqual(['token-2', 'token-2'])
    expect(server.logins).toBe(2)
  })

  test('by a node that may not know the new token yet gets it again', async () => {
    const session = await start()

    expect(await session.replace('token-1')).toBe('token-1')
  })

  test('with a valid token for want of a right gets none', async () => {
    const session = await start()
    clock += 10_000

    expect(await session.replace('token-1')).toBeUndefined()
    expect(server.logins).toBe(1)
  })

  test('gets none if the token may not look itself up, and no login is sent', async () => {
    const session = await start()
    clock += 10_000
    const body = { errors: ['1 error occurred:\n\t* permission denied\n\n'] }
    server.answers.set('auth/token/lookup-self', () => ({ status: 403, body }))

    expect(await session.replace('token-1')).toBeUndefined()
    expect(server.logins).toBe(1)
  })

  test('gets no token after the end', async () => {
    const session = await start()
    await session.end()

    expect(await session.replace('token-1')).toBeUndefined()
    expect(server.logins).toBe(1)
  })
})

describe('a revocation that fails', () => {
  test.each([
    [{ status: 500, body: { errors: ['no leader'] } }, 'HTTP 500 no leader 60'],
    [new Error('cut'), 'cut 60'],
  ])('is told and does not throw', async (given, words) => {
    const session = await start()
    server.answers.set('auth/token/revoke-self', () => given)

    await session.end()

    expect(unrevoked).toEqual([words])
  })

  test('of a token that has ended is none', async () => {
    const session = await start()
    server.known.clear()

    await session.end()

    expect(unrevoked).toEqual([])
  })
})

test('a login under way at the end leaves no token', async () => {
  const session = await start()
  server.known.clear()
  const replaced = session.replace('token-1')
  await session.end()
  await replaced
  await settle()

  expect([...server.known]).toEqual([])
})
