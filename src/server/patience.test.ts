import { describe, expect, test } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import { createClient } from './client.ts'
import { parseRetryAfter, type PatienceOptions } from './patience.ts'
import { readHealth, renewToken } from './requests.ts'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)
const DONE: ServerResponse = { status: 200, body: {} }
const LIMITED: ServerResponse = { status: 429, body: { errors: ['rate limit quota exceeded'] } }
const SEALED: ServerResponse = { status: 503, body: { errors: ['Vault is sealed'] } }

/** A client of a node that gives these answers in turn, and then a 200. */
function clientOf(turns: readonly ServerResponse[], options: Partial<PatienceOptions> = {}) {
  const waits: number[] = []
  const counted = { asked: 0 }
  const client = createClient({
    transport: {
      send: () => Promise.resolve(turns[counted.asked++] ?? DONE),
      close: () => Promise.resolve(),
    },
    wait: (milliseconds) => {
      waits.push(milliseconds)
      return Promise.resolve()
    },
    patience: { limit: 60_000, random: () => 0, now: () => NOW, ...options },
  })
  return { client, waits, asked: () => counted.asked }
}

describe('a read of a busy server', () => {
  test.each(['7', 'Fri, 02 Jan 2026 03:04:12 GMT'])(
    'waits as long as Retry-After says: %s',
    async (retryAfter) => {
      for (const status of [429, 503]) {
        const { client, waits } = clientOf([{ status, body: null, retryAfter }])
        expect(await client.ask(nodeAddress(1), readHealth())).toBe(DONE)
        expect(waits).toEqual([7000])
      }
    },
  )

  test('waits longer each time without a Retry-After, within its limit', async () => {
    const { client, waits, asked } = clientOf(Array<ServerResponse>(100).fill(LIMITED))
    expect(await client.ask(nodeAddress(1), readHealth())).toBe(LIMITED)
    expect(waits.slice(0, 4)).toEqual([100, 200, 400, 800])
    const total = waits.reduce((sum, each) => sum + each, 0)
    expect(total).toBeLessThanOrEqual(60_000)
    expect(total).toBeGreaterThan(50_000)
    expect(asked()).toBe(waits.length + 1)
  })

  test('does not begin a wait that is longer than its limit', async () => {
    const { client, waits } = clientOf([{ ...LIMITED, retryAfter: '61' }])
    expect((await client.ask(nodeAddress(1), readHealth())).status).toBe(429)
    expect(waits).toEqual([])
  })

  test('never waits less than Retry-After says, and randomly a little longer', async () => {
    const { client, waits } = clientOf([{ ...LIMITED, retryAfter: '7' }], { random: () => 0.5 })
    await client.ask(nodeAddress(1), readHealth())
    expect(waits).toEqual([7500])
  })

  test('does not wait for a sealed server', async () => {
    const { client, asked } = clientOf([SEALED])
    expect(await client.ask(nodeAddress(1), readHealth())).toBe(SEALED)
    expect(asked()).toBe(1)
  })
})

describe('a write', () => {
  test('is sent again after a 429, which carried nothing out', async () => {
    const { client, waits } = clientOf([LIMITED, { ...LIMITED, retryAfter: '2' }])
    const outcome = await client.write(nodeAddress(1), renewToken())
    expect(outcome).toEqual({ kind: 'answered', response: DONE })
    expect(waits).toEqual([100, 2000])
  })

  test('is not sent again after a 503, which may have been carried out', async () => {
    const busy = { status: 503, body: null, retryAfter: '1' }
    const { client, asked } = clientOf([busy])
    const outcome = await client.write(nodeAddress(1), renewToken())
    expect(outcome).toEqual({ kind: 'answered', response: busy })
    expect(asked()).toBe(1)
  })

  test('is not sent again after its sender gives up', async () => {
    const { client, asked } = clientOf([LIMITED])
    const outcome = await client.write(nodeAddress(1), renewToken(), () => true)
    expect(outcome).toEqual({ kind: 'answered', response: LIMITED })
    expect(asked()).toBe(1)
  })
})

test.each([
  ['0', 0],
  ['120', 120_000],
  ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['', undefined],
  ['9'.repeat(400), undefined],
])('Retry-After: %s is %s', (text, wait) => {
  expect(parseRetryAfter(text, NOW)).toBe(wait)
})
