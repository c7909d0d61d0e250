import { describe, expect, test } from 'vitest'
import type { ServerRequest, ServerResponse } from '../domain/exchange.ts'
import { type NodeAddress, ROOT_NAMESPACE } from '../domain/names.ts'
import { createClient } from '../server/client.ts'
import { logIn } from './log-in.ts'
import type { LoginSettings } from './settings.ts'

const ADDRESS = 'https://a:8200' as NodeAddress
const source = { kind: 'variable', from: 'X', value: 's' } as const
const SETTINGS = {
  approle: {
    ...{ method: 'approle', mount: 'approle', roleId: 'r', secretId: source },
    ...{ isWrapped: false, role: undefined },
  },
  kubernetes: { method: 'kubernetes', mount: 'kubernetes', role: 'r', jwt: source },
  jwt: { method: 'jwt', mount: 'ci/jwt', role: 'r', jwt: source },
  cert: { method: 'cert', mount: 'cert', role: 'r' },
  userpass: { method: 'userpass', mount: 'userpass', username: 'me', password: source },
} as const satisfies Readonly<Record<string, LoginSettings>>

const accepted = {
  status: 200,
  body: {
    auth: { client_token: 't', renewable: true, lease_duration: 60, token_type: 'service' },
  },
}

/** Logs in at a server that gives these answers, one after another. */
function against(settings: LoginSettings, ...answers: Partial<ServerResponse>[]) {
  const asked: ServerRequest[] = []
  const waits: number[] = []
  const client = createClient({
    transport: {
      close: () => Promise.resolve(),
      send: (_, request) => {
        asked.push(request)
        return Promise.resolve(answers.shift() as ServerResponse)
      },
    },
    wait: (milliseconds) => {
      waits.push(milliseconds)
      return Promise.resolve()
    },
  })
  return {
    asked,
    waits,
    token: logIn(settings, 's', { client, address: ADDRESS, namespace: ROOT_NAMESPACE }),
  }
}

test.each([
  ['approle', 'auth/approle/login', { role_id: 'r', secret_id: 's' }],
  ['kubernetes', 'auth/kubernetes/login', { jwt: 's', role: 'r' }],
  ['jwt', 'auth/ci/jwt/login', { jwt: 's', role: 'r' }],
  ['cert', 'auth/cert/login', { name: 'r' }],
  ['userpass', 'auth/userpass/login/me', { password: 's' }],
] as const)('%s sends no token with its login', async (method, path, body) => {
  const { asked, token } = against(SETTINGS[method], accepted)

  expect(await token).toEqual({ token: 't', renewable: true, ttl: 60, isBatch: false })
  expect(asked).toMatchObject([{ method: 'POST', path, body, anonymous: true }])
})

describe('a login without a leader', () => {
  const leaderless = { status: 500, body: { errors: ['local node not active but active …'] } }

  test('is sent again', async () => {
    const { waits, token } = against(SETTINGS.approle, leaderless, leaderless, accepted)

    expect(await token).toMatchObject({ token: 't' })
    expect(waits).toEqual([300, 900])
  })

  test('for too long is an error', async () => {
    const { token } = against(SETTINGS.approle, ...Array<typeof leaderless>(5).fill(leaderless))

    await expect(token).rejects.toMatchObject({ exitCode: 1 })
  })
})

test.each([
  ['approle', 400, 'missing secret_id', 'Set LOCKSTEP_SECRET_ID'],
  ['approle', 400, 'invalid role or secret ID', 'expired, was used up or was revoked'],
  ['approle', 403, 'permission denied', 'mounted at auth/approle/ in this namespace (--auth-mount'],
  ['approle', 404, 'no handler for route', '--auth-mount'],
  ['approle', 404, 'namespace not found', '--namespace'],
  ['jwt', 400, 'error validating claims: audience claim does not match', '--jwt-audience'],
  ['jwt', 400, 'token is expired (exp)', 'compare the clocks'],
  ['jwt', 400, 'role "r" could not be found', '--role'],
  ['jwt', 400, 'no known key successfully validated the token signature', 'auth/ci/jwt/config'],
  ['kubernetes', 400, 'invalid audience (aud) claim', 'projected serviceAccountToken'],
  ['cert', 400, 'client certificate must be supplied', '--client-cert'],
  ['userpass', 400, 'invalid username or password', 'locks the user'],
] as const)(
  '%s refused with %d %s ends with 8 and what to do',
  async (method, status, words, hint) => {
    const error: unknown = await against(SETTINGS[method], {
      ...{ status, body: { errors: [words] } },
    }).token.catch((one: unknown) => one)

    expect(error).toMatchObject({ code: 'login-refused', exitCode: 8 })
    const { message, hint: said } = error as { message: string; hint: string }
    expect(message).toContain(`at auth/${SETTINGS[method].mount}/ (HTTP ${status} ${words})`)
    expect(said).toContain(hint)
  },
)

test('a second factor is told as such', async () => {
  const body = { auth: { client_token: '', mfa_requirement: { mfa_request_id: 'x' } } }

  await expect(against(SETTINGS.userpass, { status: 200, body }).token).rejects.toThrow(
    'needs a second factor',
  )
})

test('an answer without a token is told without quoting it', async () => {
  const body = { auth: { client_token: 'a secret with spaces', renewable: true } }

  const error: unknown = await against(SETTINGS.userpass, { status: 200, body }).token.catch(
    (one: unknown) => one,
  )

  expect(error).toMatchObject({ code: 'odd-answer' })
  expect(String(error)).toContain('auth.client_token is not a token')
  expect(String(error)).not.toContain('a secret')
})
