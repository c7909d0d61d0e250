import { describe, expect, test } from 'vitest'
import type { NodeAddress } from '../domain/names.ts'
import {
  asksForLogin,
  checkCertificateLogin,
  type LoginFlags,
  readLoginSettings,
} from './settings.ts'

type Env = Readonly<Record<string, string>>
const read = (flags: LoginFlags, env: Env = {}) => readLoginSettings(flags, env)
/** The message and the hint of the error, in one text. */
function errorOf(flags: LoginFlags, env: Env = {}): string {
  try {
    return JSON.stringify(read(flags, env))
  } catch (error) {
    const { message, hint } = error as { message: string; hint?: string }
    return `${message} | ${hint ?? ''}`
  }
}

describe('a login', () => {
  test('is asked for by the flag or the variable', () => {
    expect(read({})).toBeUndefined()
    expect(read({}, { LOCKSTEP_AUTH: '', LOCKSTEP_ROLE_ID: 'x' })).toBeUndefined()
    expect(read({}, { LOCKSTEP_AUTH: 'cert' })).toMatchObject({ method: 'cert', mount: 'cert' })
    const other = { LOCKSTEP_AUTH: 'approle' }
    expect(read({ auth: 'cert' }, other)).toMatchObject({ method: 'cert' })
    expect([asksForLogin({}, {}), asksForLogin({}, other), asksForLogin({ auth: 'cert' }, {})]) //
      .toEqual([false, true, true])
  })

  test('of another name is refused with the names that there are', () => {
    expect(errorOf({}, { LOCKSTEP_AUTH: 'ldap' })).toMatch(
      /^LOCKSTEP_AUTH is "ldap".*approle, kubernetes, jwt, cert, userpass/,
    )
    expect(errorOf({ auth: '' })).toMatch(/^--auth is ""/)
  })

  test.each([
    [{ role: 'x' }, '--role belongs to a login, and no login is asked for'],
    [{ auth: 'cert', roleId: 'x' }, '--auth cert does not use --role-id'],
    [{ auth: 'userpass', username: 'me', role: 'x' }, '--auth userpass does not use --role'],
    [{ auth: 'approle', jwtFile: 'x' }, 'It belongs to --auth jwt or kubernetes.'],
  ])('refuses a flag that it does not use: %j', (flags, words) => {
    expect(errorOf(flags)).toContain(words)
  })

  test('does not mind variables of other logins', () => {
    expect(read({ auth: 'cert' }, { LOCKSTEP_ROLE_ID: 'x', LOCKSTEP_JWT_FILE: 'y' })).toEqual({
      ...{ method: 'cert', mount: 'cert', role: undefined },
    })
  })

  test.each([
    ['auth/ci/jwt/', 'ci/jwt'],
    ['ci/jwt', 'ci/jwt'],
    ['auth/', 'auth'],
  ])('takes the path %s as %s', (authMount, mount) => {
    expect(read({ auth: 'cert', authMount })).toMatchObject({ mount })
  })

  test.each(['/', '../sys', 'a//b', 'a\u0000b', '/cert'])('refuses the path %j', (authMount) => {
    expect(errorOf({ auth: 'cert', authMount })).toMatch(/^the path of the auth method /)
  })
})

describe('AppRole', () => {
  const auth = 'approle'

  test('needs a role ID', () => {
    expect(errorOf({ auth })).toBe(
      '--auth approle needs --role-id | Give --role-id, or set LOCKSTEP_ROLE_ID.',
    )
  })

  test.each([
    [{}, { LOCKSTEP_SECRET_ID: 's' }, { kind: 'variable', from: 'LOCKSTEP_SECRET_ID', value: 's' }],
    [
      { secretIdFile: 'f' },
      { LOCKSTEP_SECRET_ID: 's' },
      { kind: 'file', from: '--secret-id-file', path: 'f' },
    ],
    [
      {},
      { LOCKSTEP_SECRET_ID_FILE: 'g' },
      { kind: 'file', from: 'LOCKSTEP_SECRET_ID_FILE', path: 'g' },
    ],
    [
      {},
      { LOCKSTEP_SECRET_ID: 's', LOCKSTEP_SECRET_ID_FILE: 'g' },
      { kind: 'variable', from: 'LOCKSTEP_SECRET_ID', value: 's' },
    ],
    [{}, {}, undefined],
  ])('takes the secret ID of %j and %j', (flags, env, secretId) => {
    expect(read({ auth, roleId: 'r', ...flags }, env)).toEqual({
      ...{ method: 'approle', mount: 'approle', roleId: 'r', secretId },
      ...{ isWrapped: false, role: undefined },
    })
  })

  test('unwraps only what is given', () => {
    const env = { LOCKSTEP_ROLE_ID: 'r', LOCKSTEP_SECRET_ID_WRAPPED: '1' }
    expect(read({ auth }, { ...env, LOCKSTEP_SECRET_ID: 's' })).toMatchObject({ isWrapped: true })
    expect(errorOf({ auth }, env)).toContain('no wrapping token is given')
    expect(errorOf({ auth }, { ...env, LOCKSTEP_SECRET_ID_WRAPPED: 'maybe' })).toContain(
      'LOCKSTEP_SECRET_ID_WRAPPED is "maybe"; it must be 1 or 0',
    )
  })
})

describe('a JSON Web Token', () => {
  const jwt = (flags: LoginFlags, env: Env = {}) => {
    const found = read({ auth: 'jwt', ...flags }, env)
    return found !== undefined && 'jwt' in found ? found.jwt : undefined
  }
  const GITHUB = {
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://github/token',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
  }

  test('is that of a file, of a variable, or of GitHub Actions', () => {
    const env = { ...GITHUB, LOCKSTEP_JWT_FILE: 'f', ID: 'a.b.c' }
    expect(jwt({ jwtVariable: 'ID' }, env)).toEqual({
      kind: 'variable',
      from: 'ID',
      value: 'a.b.c',
    })
    expect(jwt({}, env)).toEqual({ kind: 'file', from: 'LOCKSTEP_JWT_FILE', path: 'f' })
    const github = { kind: 'github', url: 'https://github/token', token: 'bearer' }
    expect(jwt({ jwtAudience: 'me' }, env)).toEqual({ ...github, audience: 'me' })
    expect(jwt({}, { ...GITHUB, LOCKSTEP_JWT_AUDIENCE: 'v' })).toEqual({ ...github, audience: 'v' })
  })

  test('that is nowhere is an error which says where it can be', () => {
    expect(errorOf({ auth: 'jwt' })).toMatch(/--jwt-file.*--jwt-variable.*id-token: write/)
    expect(errorOf({ auth: 'jwt', jwtVariable: 'GONE' })).toContain(
      '--jwt-variable names the variable "GONE", which is not set',
    )
    expect(errorOf({ auth: 'jwt', jwtFile: 'f', jwtAudience: 'a' })).toContain(
      '--jwt-file and --jwt-audience name different sources',
    )
  })

  test('in Kubernetes is that of the service account, and needs a role', () => {
    expect(errorOf({ auth: 'kubernetes' })).toContain('--auth kubernetes needs --role')
    expect(read({ auth: 'kubernetes', role: 'r' })).toMatchObject({
      jwt: { kind: 'file', path: '/var/run/secrets/kubernetes.io/serviceaccount/token' },
    })
  })
})

describe('a user name', () => {
  test('needs a password, which no flag holds', () => {
    expect(errorOf({ auth: 'userpass', username: 'me' })).toContain('Set LOCKSTEP_PASSWORD')
    expect(read({ auth: 'userpass', username: 'me' }, { LOCKSTEP_PASSWORD: 'p' })).toMatchObject({
      ...{ mount: 'userpass', username: 'me', password: { kind: 'variable', value: 'p' } },
    })
  })

  test.each(['../me', 'a/b', '..'])('%j is refused', (username) => {
    expect(errorOf({ auth: 'userpass', username })).toContain('the user name')
  })
})

describe('a login with a certificate', () => {
  const login = { method: 'cert', mount: 'cert', role: undefined } as const
  const check = (address: string, hasCertificate: boolean) => () => {
    checkCertificateLogin(login, { address: address as NodeAddress, hasCertificate })
  }

  test('needs TLS and a certificate', () => {
    expect(check('http://a:8200', true)).toThrow('needs TLS, and http://a:8200 is reached without')
    expect(check('https://a:8200', false)).toThrow('needs a client certificate')
    expect(check('https://a:8200', true)).not.toThrow()
  })
})
