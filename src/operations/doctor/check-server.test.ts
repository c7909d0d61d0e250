import { describe, expect, test } from 'vitest'
import { testContext } from '../../../test/builders/context.ts'
import { nodeAddress } from '../../../test/builders/live.ts'
import type { ServerResponse } from '../../domain/exchange.ts'
import { checkAddress, checkClock, checkToken, greet } from './check-server.ts'

const NODE = nodeAddress(1)

function answering(answer: ServerResponse, now = () => new Date(0)) {
  const context = testContext({ now })
  return { ...context, client: { ...context.client, ask: () => Promise.resolve(answer) } }
}

const HEALTH = {
  ...{ initialized: true, sealed: false, standby: false, version: '2.7.2' },
  ...{ cluster_name: 'lab', cluster_id: 'id', server_time_utc: 0 },
}

describe('the address', () => {
  test.each([
    [{ status: 200, body: { ...HEALTH, sealed: true } }, 'is sealed.'],
    [{ status: 200, body: { ...HEALTH, initialized: false } }, 'is not initialized.'],
    [{ status: 200, body: { ...HEALTH, version: 7 } }, 'not its documented shape'],
    [{ status: 200, body: { ...HEALTH, cluster_id: '../../x' } }, 'cluster_id is not an id'],
    [{ status: 200, body: { ...HEALTH, cluster_id: '..' } }, 'cluster_id is not an id'],
    [{ status: 200, body: null }, 'not its documented shape'],
    [{ status: 404, body: { errors: ['<h1>a page</h1>'] } }, 'HTTP 404: <h1>a page</h1>'],
  ])('fails for %j', async (answer, words) => {
    const { check, greeting } = await checkAddress(answering(answer))

    expect(check).toMatchObject({ result: 'failed', exit_code: 1 })
    expect(check.message).toContain(words)
    expect(greeting).toBeUndefined()
  })
})

describe('the clock', () => {
  const SECONDS = 1_790_000_000

  test.each([
    [0, 0],
    // The server's time has whole seconds.
    [0.9, 0],
    [3600, 3599],
    [-3600, -3600],
  ])('that is %d s ahead is found to be at least %d s ahead', async (ahead, seen) => {
    const answer = { status: 200, body: { ...HEALTH, server_time_utc: SECONDS } }
    const now = () => new Date((SECONDS + ahead) * 1000)

    expect((await greet(answering(answer, now), NODE)).ahead).toBe(seen)
  })

  test.each([
    [[59], 'ok'],
    [[-59, undefined], 'ok'],
    [[0, 61], 'warning'],
    [[-3600], 'warning'],
    [[undefined], 'unknown'],
  ])('differences of %j: %s', (differences, result) => {
    const clocks = differences.map((ahead, at) => [nodeAddress(at + 1), ahead] as const)

    expect(checkClock(clocks).result).toBe(result)
  })

  test('names the node and the difference', () => {
    expect(checkClock([[NODE, -3600]]).details).toEqual([
      `This clock is 1.0 h behind that of ${NODE}.`,
    ])
  })
})

describe('the token', () => {
  const token = (data: object) => ({
    status: 200,
    body: {
      data: { id: 's.secret', type: 'service', ttl: 0, policies: ['a'], num_uses: 0, ...data },
    },
  })

  test.each([
    [token({}), 'ok', 'A service token that does not expire.'],
    [token({ ttl: 7200, renewable: true }), 'ok', 'lives 2.0 h more and can be renewed.'],
    [token({ ttl: 60, renewable: true }), 'ok', 'can be renewed.'],
    [token({ ttl: 60, renewable: false }), 'warning', 'lives 1 min more. A run whose token ends'],
    [token({ num_uses: 3 }), 'warning', 'only 3 times more'],
    [token({ ttl: 'soon' }), 'unknown', 'not of its documented shape'],
    [token({ policies: 'root' }), 'unknown', 'not of its documented shape'],
    [{ status: 200, body: null }, 'unknown', 'not of its documented shape'],
    [{ status: 500, body: { errors: ['internal'] } }, 'unknown', 'HTTP 500: internal'],
    [
      { status: 403, body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] } },
      'unknown',
      'The token was not described',
    ],
    [{ status: 403, body: { errors: ['permission denied'] } }, 'failed', 'does not accept'],
    [{ status: 403, body: null, withoutToken: true as const }, 'failed', 'no token is set'],
  ])('answered with %j: %s', async (answer, result, words) => {
    const check = await checkToken(answering(answer))

    expect(check.result).toBe(result)
    expect(check.message).toContain(words)
    expect(JSON.stringify(check)).not.toContain('s.secret')
    expect(check.exit_code).toBe(result === 'failed' ? 8 : undefined)
  })

  test('of a login may be short: another login replaces it', async () => {
    const answer = token({ ttl: 60, renewable: false })
    const login = { abandon: () => Promise.resolve() }

    expect((await checkToken(answering(answer))).result).toBe('warning')
    expect((await checkToken({ ...answering(answer), login })).result).toBe('ok')
  })

  test('has the policies of its identity, too', async () => {
    const answer = token({ policies: ['default', 'a'], identity_policies: ['a', 'b'] })

    expect((await checkToken(answering(answer))).details).toEqual(['policies: default, a, b'])
  })
})
