import { beforeEach, expect, test } from 'vitest'
import type { ServerRequest, ServerResponse } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { readOwnToken } from '../server/requests.ts'
import { replaceRefusedToken, type TokenInUse } from './replace-token.ts'

const NODE = 'http://a:8200' as NodeAddress
const refused = { status: 403, body: { errors: ['permission denied'] } } as ServerResponse
const fine = { status: 200, body: null } as ServerResponse

let sent: string[]
let ends: number
beforeEach(() => {
  sent = []
  ends = 0
})

/** A transport to a server that accepts one token. */
function withToken(accepted: string, replace: TokenInUse['replace']) {
  const current = { token: 'old' }
  const transport = replaceRefusedToken(
    {
      close: () => Promise.resolve(void sent.push('close')),
      send: () => {
        sent.push(current.token)
        return Promise.resolve(current.token === accepted ? fine : refused)
      },
    },
    {
      token: () => current.token,
      replace: async (token) => {
        const next = await replace(token)
        if (next !== undefined) current.token = next
        return next
      },
      end: () => Promise.resolve(void (ends += 1)),
    },
  )
  const ask = (request: ServerRequest = readOwnToken()) => transport.send(NODE, request)
  return { transport, ask }
}

test('a refused request is sent again with another token', async () => {
  const { ask } = withToken('new', () => Promise.resolve('new'))

  expect([await ask(), sent]).toEqual([fine, ['old', 'new']])
})

test('a request is sent three times at most', async () => {
  const { ask } = withToken('never', () => Promise.resolve('old'))

  expect([await ask(), sent]).toEqual([refused, ['old', 'old', 'old']])
})

test('the refusal is the answer if there is no other token, or the request needs none', async () => {
  const { ask } = withToken('new', () => Promise.resolve(undefined))
  const anonymous = Object.assign(readOwnToken(), { anonymous: true } as const)

  expect([await ask(), await ask(anonymous), sent]).toEqual([refused, refused, ['old', 'old']])
})

test('the end of the token comes before that of the connections', async () => {
  const { transport } = withToken('old', () => Promise.resolve(undefined))

  await transport.close()

  expect([ends, sent]).toEqual([1, ['close']])
})

test('nothing is answered any more once it is abandoned', async () => {
  const { transport, ask } = withToken('old', () => Promise.resolve(undefined))
  const answered: unknown[] = []
  const first = ask()
  await transport.abandon()
  for (const request of [first, ask()]) void request.then((answer) => answered.push(answer))
  await new Promise((resolve) => setImmediate(resolve))

  expect({ answered, ends }).toEqual({ answered: [], ends: 1 })
})
