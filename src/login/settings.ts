/**
 * Reads the settings of a login from flags and variables: a flag wins over its variable. Reads no
 * file. A secret is never the value of a flag: every user of the machine can list the arguments of a
 * process.
 */
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import { LockstepError, unreachable } from '../domain/errors.ts'
import { findProblemInName } from '../domain/name-problems.ts'
import type { NodeAddress } from '../domain/names.ts'

export const AUTH_METHODS = ['approle', 'kubernetes', 'jwt', 'cert', 'userpass'] as const
export type AuthMethod = (typeof AUTH_METHODS)[number]

/** The options of the command line. */
export interface LoginFlags {
  readonly auth?: string
  readonly authMount?: string
  readonly role?: string
  readonly roleId?: string
  readonly secretIdFile?: string
  readonly secretIdWrapped?: boolean
  readonly jwtFile?: string
  readonly jwtVariable?: string
  readonly jwtAudience?: string
  readonly username?: string
  readonly passwordFile?: string
}

/** Where a secret is read from. `from`: the flag or variable that says so. */
export type SecretSource =
  | { readonly kind: 'variable'; readonly from: string; readonly value: string }
  | { readonly kind: 'file'; readonly from: string; readonly path: string }
  /** The service that gives a job of GitHub Actions its JSON Web Tokens. */
  | {
      readonly kind: 'github'
      readonly url: string
      readonly token: string
      /** GitHub's own default if undefined. */
      readonly audience: string | undefined
    }

export type LoginSettings = {
  /** The path of the auth method, without `auth/` and without a slash at its end. */
  readonly mount: string
} & (
  | {
      readonly method: 'approle'
      readonly roleId: string
      /** Undefined for a role that needs none. */
      readonly secretId: SecretSource | undefined
      /** True: the secret ID is a wrapping token, which stands for the secret ID. */
      readonly isWrapped: boolean
      /** The role whose secret ID must be wrapped; any role's if undefined. */
      readonly role: string | undefined
    }
  | { readonly method: 'kubernetes'; readonly role: string; readonly jwt: SecretSource }
  | { readonly method: 'jwt'; readonly role: string | undefined; readonly jwt: SecretSource }
  | { readonly method: 'cert'; readonly role: string | undefined }
  | { readonly method: 'userpass'; readonly username: string; readonly password: SecretSource }
)

type Name = Exclude<keyof LoginFlags, 'auth'>

interface Setting {
  readonly flag: string
  readonly variable: string
  readonly methods: readonly AuthMethod[]
}

const SETTINGS: Readonly<Record<Name, Setting>> = {
  authMount: { flag: '--auth-mount', variable: 'LOCKSTEP_AUTH_MOUNT', methods: AUTH_METHODS },
  role: {
    flag: '--role',
    variable: 'LOCKSTEP_ROLE',
    methods: ['approle', 'kubernetes', 'jwt', 'cert'],
  },
  roleId: { flag: '--role-id', variable: 'LOCKSTEP_ROLE_ID', methods: ['approle'] },
  secretIdFile: {
    flag: '--secret-id-file',
    variable: 'LOCKSTEP_SECRET_ID_FILE',
    methods: ['approle'],
  },
  secretIdWrapped: {
    flag: '--secret-id-wrapped',
    variable: 'LOCKSTEP_SECRET_ID_WRAPPED',
    methods: ['approle'],
  },
  jwtFile: { flag: '--jwt-file', variable: 'LOCKSTEP_JWT_FILE', methods: ['jwt', 'kubernetes'] },
  jwtVariable: { flag: '--jwt-variable', variable: 'LOCKSTEP_JWT_VARIABLE', methods: ['jwt'] },
  jwtAudience: { flag: '--jwt-audience', variable: 'LOCKSTEP_JWT_AUDIENCE', methods: ['jwt'] },
  username: { flag: '--username', variable: 'LOCKSTEP_USERNAME', methods: ['userpass'] },
  passwordFile: {
    flag: '--password-file',
    variable: 'LOCKSTEP_PASSWORD_FILE',
    methods: ['userpass'],
  },
}
const NAMES = Object.keys(SETTINGS) as Name[]

/** Where Kubernetes puts the token of a pod's service account. */
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** The variables whose value is a secret of a login. */
const SECRET_ID = 'LOCKSTEP_SECRET_ID'
const PASSWORD = 'LOCKSTEP_PASSWORD'

/** True if the settings ask for a login, of whatever method. */
export function asksForLogin(flags: LoginFlags, env: EnvironmentVariables): boolean {
  return (flags.auth ?? env['LOCKSTEP_AUTH'] ?? '') !== ''
}

/** The settings of a login; undefined without `--auth` and LOCKSTEP_AUTH. Throws a LockstepError. */
export function readLoginSettings(
  flags: LoginFlags,
  env: EnvironmentVariables,
): LoginSettings | undefined {
  const method = methodOf(flags, env)
  refuseUnused(flags, method)
  if (method === undefined) return undefined
  const find = (name: Name): string | undefined => {
    const value = flags[name] ?? env[SETTINGS[name].variable]
    return value === '' || typeof value === 'boolean' ? undefined : value
  }
  const need = (name: Name): string => find(name) ?? missing(method, name)
  const mount = pathOf(find('authMount') ?? method)
  switch (method) {
    case 'approle': {
      const secretId = secretFrom('secretIdFile', SECRET_ID, flags, env)
      const isWrapped = flags.secretIdWrapped ?? isYes(SETTINGS.secretIdWrapped.variable, env)
      if (isWrapped && secretId === undefined) {
        throw badLogin(
          'the secret ID is said to be wrapped, and no wrapping token is given',
          `Set ${SECRET_ID}, or name its file with --secret-id-file.`,
        )
      }
      return { method, mount, roleId: need('roleId'), secretId, isWrapped, role: find('role') }
    }
    case 'kubernetes': {
      const file = find('jwtFile')
      const from = file === undefined ? '--auth kubernetes' : sourceOf('jwtFile', flags)
      const jwt = { kind: 'file', from, path: file ?? SERVICE_ACCOUNT_TOKEN } as const
      return { method, mount, role: need('role'), jwt }
    }
    case 'jwt':
      return { method, mount, role: find('role'), jwt: jwtSource(flags, env) }
    case 'cert':
      return { method, mount, role: find('role') }
    case 'userpass': {
      const username = need('username')
      const problem = findProblemInName(username)
      if (problem !== undefined || username.includes('/')) {
        throw badLogin(
          `the user name ${JSON.stringify(username)} ${problem ?? 'has a slash in it'}`,
          'Give the name of a user of the auth method with --username or LOCKSTEP_USERNAME.',
        )
      }
      const password = secretFrom('passwordFile', PASSWORD, flags, env)
      if (password !== undefined) return { method, mount, username, password }
      throw badLogin(
        '--auth userpass needs a password',
        `Set ${PASSWORD}, or name a file that holds it with --password-file.`,
      )
    }
    default:
      return unreachable(method)
  }
}

function methodOf(flags: LoginFlags, env: EnvironmentVariables): AuthMethod | undefined {
  const from = flags.auth === undefined ? 'LOCKSTEP_AUTH' : '--auth'
  const text = flags.auth ?? env['LOCKSTEP_AUTH'] ?? ''
  if (text === '' && flags.auth === undefined) return undefined
  const method = AUTH_METHODS.find((name) => name === text)
  if (method !== undefined) return method
  throw badLogin(
    `${from} is ${JSON.stringify(text)}, and Lockstep has no login of that name`,
    `Choose one of: ${AUTH_METHODS.join(', ')}. Name another path of the auth method with --auth-mount.`,
  )
}

/** A flag that a login does not use is a mistake; a variable may be set for other commands. */
function refuseUnused(flags: LoginFlags, method: AuthMethod | undefined): void {
  for (const name of NAMES) {
    const { flag, methods } = SETTINGS[name]
    if (flags[name] === undefined) continue
    if (method === undefined) {
      throw badLogin(
        `${flag} belongs to a login, and no login is asked for`,
        `Add --auth ${methods.length === 1 ? String(methods[0]) : `<${methods.join('|')}>`}, or leave ${flag} out.`,
      )
    }
    if (methods.includes(method)) continue
    throw badLogin(
      `--auth ${method} does not use ${flag}`,
      `Leave ${flag} out. It belongs to --auth ${methods.join(' or ')}.`,
    )
  }
}

function secretFrom(
  file: 'secretIdFile' | 'passwordFile',
  variable: typeof SECRET_ID | typeof PASSWORD,
  flags: LoginFlags,
  env: EnvironmentVariables,
): SecretSource | undefined {
  const value = env[variable] ?? ''
  const path = flags[file] ?? (value === '' ? env[SETTINGS[file].variable] : undefined) ?? ''
  if (path !== '') return { kind: 'file', from: sourceOf(file, flags), path }
  return value === '' ? undefined : { kind: 'variable', from: variable, value }
}

/** Flags first, then variables; in each the file, then the variable. GitHub's service at last. */
function jwtSource(flags: LoginFlags, env: EnvironmentVariables): SecretSource {
  const given = (['jwtFile', 'jwtVariable', 'jwtAudience'] as const).filter(
    (name) => flags[name] !== undefined,
  )
  if (given.length > 1) {
    throw badLogin(
      `${given.map((name) => SETTINGS[name].flag).join(' and ')} name different sources of the JSON Web Token`,
      'Give one of them.',
    )
  }
  if (flags.jwtAudience === undefined) {
    for (const read of [
      (name: Name) => flags[name],
      (name: Name) => env[SETTINGS[name].variable],
    ]) {
      const path = read('jwtFile')
      if (typeof path === 'string' && path !== '') {
        return { kind: 'file', from: sourceOf('jwtFile', flags), path }
      }
      const variable = read('jwtVariable')
      if (typeof variable === 'string' && variable !== '') {
        return fromVariable(variable, sourceOf('jwtVariable', flags), env)
      }
    }
  }
  const url = env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? ''
  const token = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''
  const audience = flags.jwtAudience ?? env[SETTINGS.jwtAudience.variable]
  if (url !== '' && token !== '') return { kind: 'github', url, token, audience }
  throw badLogin(
    '--auth jwt has no JSON Web Token: no file and no variable is named, and this is no job of GitHub Actions that may ask for one',
    'Name a file with --jwt-file, or a variable with --jwt-variable (an id_tokens entry of GitLab). In GitHub Actions, give the job the permission id-token: write.',
  )
}

function fromVariable(name: string, from: string, env: EnvironmentVariables): SecretSource {
  const value = env[name] ?? ''
  if (value !== '') return { kind: 'variable', from: name, value }
  throw badLogin(
    `${from} names the variable ${JSON.stringify(name)}, which is not set`,
    'In GitLab, declare it in the job under id_tokens with its aud. The value must be the JSON Web Token itself.',
  )
}

/** The path as people write it, with or without `auth/` and a slash at its end. */
function pathOf(text: string): string {
  const mount = text.replace(/^auth\/(?=.)/, '').replace(/\/$/, '')
  const problem = findProblemInName(mount)
  if (problem === undefined) return mount
  throw badLogin(
    `the path of the auth method ${JSON.stringify(text)} ${problem}`,
    'Write it as `bao auth list` shows it, like jwt or ci/jwt, with --auth-mount or LOCKSTEP_AUTH_MOUNT.',
  )
}

function isYes(variable: string, env: EnvironmentVariables): boolean {
  const text = env[variable] ?? ''
  if (/^(1|true)$/.test(text)) return true
  if (/^(|0|false)$/.test(text)) return false
  throw badLogin(`${variable} is ${JSON.stringify(text)}; it must be 1 or 0`)
}

function sourceOf(name: Name, flags: LoginFlags): string {
  return flags[name] === undefined ? SETTINGS[name].variable : SETTINGS[name].flag
}

function missing(method: AuthMethod, name: Name): never {
  const { flag, variable } = SETTINGS[name]
  throw badLogin(`--auth ${method} needs ${flag}`, `Give ${flag}, or set ${variable}.`)
}

/** Throws a LockstepError if the connection cannot show a client certificate that a login needs. */
export function checkCertificateLogin(
  { method }: LoginSettings,
  { address, hasCertificate }: { readonly address: NodeAddress; readonly hasCertificate: boolean },
): void {
  if (method !== 'cert') return
  if (!address.startsWith('https:')) {
    throw badLogin(
      `--auth cert needs TLS, and ${address} is reached without`,
      'Write the address with https://.',
    )
  }
  if (hasCertificate) return
  throw badLogin(
    '--auth cert needs a client certificate, and none is given',
    'Give --client-cert and --client-key, or set BAO_CLIENT_CERT and BAO_CLIENT_KEY (VAULT_…).',
  )
}

/** The error for settings of a login that cannot be used. */
export function badLogin(message: string, hint?: string): LockstepError {
  return new LockstepError({ code: 'bad-login', message, ...(hint !== undefined && { hint }) })
}
