import { expect, test } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import { createReader } from './reader.ts'
import { createRequestLimits, REQUESTS_PER_NODE } from './request-limits.ts'
import { readHealth } from './requests.ts'

const NODE = nodeAddress(1)
const DONE: ServerResponse = { status: 200, body: {} }
const LIMITED: ServerResponse = { status: 429, body: { errors: ['rate limit quota exceeded'] } }

/** Sends requests to a node at the same time. The node first answers some of them with 429. */
async function askAtOnce({ reads, refused }: { reads: number; refused: number }) {
  const slowed: string[] = []
  /** How many requests were running, at each request. */
  const underWay: number[] = []
  let now = 0
  let left = refused
  const reader = createReader({
    transport: {
      send: async () => {
        underWay.push((now += 1))
        await new Promise((resolve) => setImmediate(resolve))
        now -= 1
        return (left -= 1) >= 0 ? LIMITED : DONE
      },
    },
    wait: () => Promise.resolve(),
    patience: { limit: 60_000, random: () => 0, now: () => 0 },
    limits: createRequestLimits((node) => slowed.push(node)),
  })
  const answers = await Promise.all(
    Array.from({ length: reads }, () => reader.ask(NODE, readHealth())),
  )
  return { answers, underWay, slowed }
}

test('a node gets no more requests at once than it has connections', async () => {
  const { answers, underWay, slowed } = await askAtOnce({ reads: 20, refused: 0 })

  expect(answers).toEqual(Array<ServerResponse>(20).fill(DONE))
  expect(Math.max(...underWay)).toBe(REQUESTS_PER_NODE)
  expect(slowed).toEqual([])
})

test('a node that answers 429 gets one request at a time in the end, and is reported once', async () => {
  const { answers, underWay, slowed } = await askAtOnce({ reads: 20, refused: 5 })

  expect(answers).toEqual(Array<ServerResponse>(20).fill(DONE))
  expect(underWay.slice(-10)).toEqual(Array<number>(10).fill(1))
  expect(slowed).toEqual([NODE])
})
