import { expect, test } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
import type { Client } from '../server/client.ts'
import type { Context } from './context.ts'
import { keepServiceToken } from './keep-service-token.ts'

interface Life {
  readonly renewable: boolean
  readonly ttl: number
}

/** A server with one token at a time, and timers that fire when the test says. */
function makeStand(answers: {
  lookup: () => Life | 'refused' | undefined
  renewed?: () => number | undefined
}) {
  const timers: { milliseconds: number; fire: () => void }[] = []
  const requests: string[] = []
  const current = { token: 'first' }
  const client = {
    ask: () => {
      requests.push(`lookup ${current.token}`)
      const life = answers.lookup()
      if (life === undefined) return Promise.resolve({ status: 503, body: null })
      return Promise.resolve(
        life === 'refused' ? { status: 403, body: null } : { status: 200, body: { data: life } },
      )
    },
    write: () => {
      requests.push(`renew ${current.token}`)
      const ttl = answers.renewed?.()
      const response =
        ttl === undefined
          ? { status: 403, body: null }
          : { status: 200, body: { auth: { lease_duration: ttl } } }
      return Promise.resolve({ kind: 'answered', response })
    },
  } as unknown as Client
  const session = (over: Partial<Pick<Context, 'login'>> = {}) => {
    const { token } = current
    return {
      ...{ client, token: () => token, address: nodeAddress(1), login: undefined },
      close: () => Promise.resolve(),
      ...over,
    }
  }
  const token = keepServiceToken(() => Promise.resolve(session()), {
    every: (milliseconds, fire) => {
      const timer = { milliseconds, fire }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0)
    },
  })
  const fire = async (): Promise<void> => {
    timers[0]?.fire()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { token, session, timers, requests, current, fire }
}

test('a renewable token is looked up once, and renewed after half of its life', async () => {
  const { token, session, timers, requests, fire } = makeStand({
    lookup: () => ({ renewable: true, ttl: 600 }),
    renewed: () => 400,
  })

  await token.follow(session())
  await token.follow(session())
  expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([300_000])
  await fire()

  expect(requests).toEqual(['lookup first', 'renew first'])
  expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([200_000])
  token.stop()
  expect(timers).toEqual([])
})

test('a token that replaced another is looked up, by a renewal too', async () => {
  const { token, session, timers, requests, current, fire } = makeStand({
    lookup: () => ({ renewable: true, ttl: 600 }),
    renewed: () => 600,
  })

  await token.follow(session())
  current.token = 'second'
  await fire()

  expect(requests).toEqual(['lookup first', 'lookup second'])
  expect(timers).toHaveLength(1)
})

test('a token that cannot be renewed is left alone; an unknown life is asked for again', async () => {
  const lives: (Life | undefined)[] = [undefined, { renewable: false, ttl: 600 }]
  const { token, session, timers, requests } = makeStand({ lookup: () => lives.shift() })

  for (let round = 0; round < 4; round += 1) await token.follow(session())

  expect(requests).toEqual(['lookup first', 'lookup first'])
  expect(timers).toEqual([])
})

test('a token that may not be looked up is not looked up again', async () => {
  const { token, session, timers, requests } = makeStand({ lookup: () => 'refused' })

  for (let round = 0; round < 3; round += 1) await token.follow(session())

  expect(requests).toEqual(['lookup first'])
  expect(timers).toEqual([])
})

test('no renewal follows one that the server refuses', async () => {
  const { token, session, timers, requests, fire } = makeStand({
    lookup: () => ({ renewable: true, ttl: 600 }),
  })

  await token.follow(session())
  await fire()

  expect(requests).toEqual(['lookup first', 'renew first'])
  expect(timers).toEqual([])
})

test('the token of a login is neither looked up nor renewed', async () => {
  const { token, session, timers, requests } = makeStand({
    lookup: () => ({ ttl: 60, renewable: true }),
  })

  await token.follow(session({ login: { abandon: () => Promise.resolve() } }))

  expect({ timers, requests }).toEqual({ timers: [], requests: [] })
})
