import { expect, test } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import { createReader } from './reader.ts'
import { readHealth } from './requests.ts'

const ANSWER: ServerResponse = { status: 200, body: {} }
const REFUSED: ServerResponse = { status: 403, body: { errors: ['permission denied'] } }

/** A reader of a node that does these in turn: gives an answer, or fails with a code. */
function readerOf(...turns: readonly (ServerResponse | string)[]) {
  let asked = 0
  const reader = createReader({
    transport: {
      send: () => {
        const turn = turns[asked] ?? ANSWER
        asked += 1
        if (typeof turn !== 'string') return Promise.resolve(turn)
        return Promise.reject(Object.assign(new Error(turn), { code: turn }))
      },
    },
    wait: () => Promise.resolve(),
  })
  return { reader, asked: () => asked }
}

test.each([['ECONNRESET'], ['EPIPE'], [{ status: 502, body: null }]])(
  'a read is asked again after %o',
  async (turn) => {
    const { reader } = readerOf(turn, turn)
    expect(await reader.ask(nodeAddress(1), readHealth())).toBe(ANSWER)
  },
)

test.each(['ETIMEDOUT', 'ECONNREFUSED'])(
  'a node is not waited for again after %s',
  async (code) => {
    const { reader, asked } = readerOf(code)
    await expect(reader.ask(nodeAddress(1), readHealth())).rejects.toMatchObject({
      code: 'unreachable',
    })
    expect(asked()).toBe(1)
  },
)

test('a request is sent again if a node does not know the token yet', async () => {
  expect(await readerOf(REFUSED).reader.ask(nodeAddress(1), readHealth())).toBe(ANSWER)
})

test('what a node denies after it had time to learn the token is final', async () => {
  const { reader, asked } = readerOf(REFUSED, REFUSED, REFUSED, REFUSED)
  expect(await reader.ask(nodeAddress(1), readHealth())).toBe(REFUSED)
  expect(asked()).toBe(2)
  expect(await reader.ask(nodeAddress(1), readHealth())).toBe(REFUSED)
  expect(asked()).toBe(3)
})
