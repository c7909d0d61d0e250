import { describe, expect, test } from 'vitest'
import type { ServerRequest, ServerResponse } from '../domain/exchange.ts'
import { type Namespace, type NodeAddress, ROOT_NAMESPACE } from '../domain/names.ts'
import { createClient } from '../server/client.ts'
import { unwrapSecretId } from './unwrap-secret-id.ts'

const LOOKUP = 'sys/wrapping/lookup'

/** Unwraps a token that was made at `path`. */
function unwrap(
  path: string,
  {
    role,
    namespace = ROOT_NAMESPACE,
    unwrapped,
  }: Partial<{ role: string; namespace: string; unwrapped: object }> = {},
) {
  const asked: ServerRequest[] = []
  const client = createClient({
    transport: {
      close: () => Promise.resolve(),
      send: (_, request) => {
        asked.push(request)
        const made = { status: 200, body: { data: { creation_path: path } } }
        const secret = { status: 200, body: { data: { secret_id: 'the-secret-id' } } }
        return Promise.resolve(
          (request.path === LOOKUP ? made : (unwrapped ?? secret)) as ServerResponse,
        )
      },
    },
    wait: () => Promise.resolve(),
  })
  const settings = {
    ...({ method: 'approle', mount: 'ci/approle', roleId: 'r' } as const),
    ...{ secretId: undefined, isWrapped: true, role },
  } as const
  const address = 'http://a:8200' as NodeAddress
  return {
    asked,
    secretId: unwrapSecretId('wrapping', settings, {
      client,
      address,
      namespace: namespace as Namespace,
    }),
  }
}

test.each([
  ['auth/ci/approle/role/r1/secret-id', {}],
  ['auth/ci/approle/role/r1/secret-id', { role: 'r1' }],
  ['auth/ci/approle/role/r1/custom-secret-id', { role: 'r1' }],
  ['team/a/auth/ci/approle/role/r1/secret-id', { namespace: 'team/a' }],
  ['auth/ci/approle/role/r1/secret-id', { namespace: 'team/a' }],
])('a secret ID that was wrapped at %s is taken: %j', async (path, expected) => {
  const { asked, secretId } = unwrap(path, expected)

  expect(await secretId).toBe('the-secret-id')
  expect(asked).toMatchObject([
    { path: LOOKUP, anonymous: true, body: { token: 'wrapping' } },
    { path: 'sys/wrapping/unwrap', token: 'wrapping' },
  ])
})

describe('a token that was wrapped elsewhere is not unwrapped', () => {
  test.each([
    ['sys/wrapping/wrap', undefined],
    ['auth/ci/approle/role/r2/secret-id', 'r1'],
    ['auth/ci/approle/role//secret-id', undefined],
    ['auth/ci/approle/role/r1/secret-id/lookup', undefined],
    ['auth/ci/approle/role/r1/role-id', undefined],
    ['auth/other/role/r1/secret-id', undefined],
    ['xauth/ci/approle/role/r1/secret-id', undefined],
    ['team/auth/ci/approle/role/r1/secret-id', undefined],
    // Who may write to a KV mount can choose such a path.
    ['secret/data/auth/ci/approle/role/r1/secret-id', undefined],
  ])('%s, role %s', async (path, role) => {
    const { asked, secretId } = unwrap(path, role === undefined ? {} : { role })

    await expect(secretId).rejects.toMatchObject({ code: 'wrong-wrapping', exitCode: 8 })
    expect(asked.map((request) => request.path)).toEqual([LOOKUP])
  })
})

test('a token that somebody else unwraps in between is told as possibly intercepted', async () => {
  const gone = { status: 400, body: { errors: ['wrapping token is not valid or does not exist'] } }

  await expect(
    unwrap('auth/ci/approle/role/r1/secret-id', { unwrapped: gone }).secretId,
  ).rejects.toMatchObject({
    ...{ code: 'wrapping-token-used', exitCode: 8 },
    message: expect.stringContaining('someone may have intercepted the secret ID') as string,
  })
})
