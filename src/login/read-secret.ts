/** Reads the secret of a login from its source. No error quotes a secret. */
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import { errorName, LockstepError, unreachable } from '../domain/errors.ts'
import { readTextFile, UnfitFile } from '../server/read-file.ts'
import { badLogin, type LoginSettings, type SecretSource } from './settings.ts'

/** In MiB. */
const LARGEST_FILE = 1

/** The secret, without the newline at its end. Throws a LockstepError. */
async function readSecret(source: SecretSource, env: EnvironmentVariables): Promise<string> {
  switch (source.kind) {
    case 'variable':
      return source.value
    case 'file':
      return readSecretFile(source)
    case 'github': {
      // Loaded on demand: only jobs of GitHub Actions need it.
      const { askGithub } = await import('./github-token.ts')
      return askGithub(source, env)
    }
    default:
      return unreachable(source)
  }
}

async function readSecretFile({ path, from }: SecretSource & { kind: 'file' }): Promise<string> {
  try {
    const secret = (await readTextFile(path, LARGEST_FILE)).replace(/\r?\n$/, '')
    if (secret !== '') return secret
  } catch (cause) {
    throw new LockstepError({
      code: 'unreadable-file',
      message: `${path} ${cause instanceof UnfitFile ? cause.message : `cannot be read (${errorName(cause)})`}; ${from} names it for the login`,
      hint: 'Name a file that this user can read, and that holds only the secret.',
      cause,
    })
  }
  throw badLogin(`${path} is empty; ${from} names it for the login`)
}

/** A JSON Web Token. Throws a LockstepError if the source holds something else. */
async function readJwt(source: SecretSource, env: EnvironmentVariables): Promise<string> {
  const jwt = (await readSecret(source, env)).trim()
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt)) return jwt
  throw badLogin(
    `${placeOf(source)} holds no JSON Web Token`,
    'A JSON Web Token is one line: three parts of letters, digits, - and _, with a dot between them.',
  )
}

function placeOf(source: SecretSource): string {
  switch (source.kind) {
    case 'variable':
      return source.from
    case 'file':
      return source.path
    case 'github':
      return 'the answer of GitHub Actions'
    default:
      return unreachable(source)
  }
}

/**
 * The secret of a login: a secret ID, a wrapping token, a JSON Web Token or a password. `env` names
 * the proxy for a token of GitHub.
 */
export async function readSecretOf(
  settings: LoginSettings,
  env: EnvironmentVariables,
): Promise<string | undefined> {
  switch (settings.method) {
    case 'approle':
      return settings.secretId && (await readSecret(settings.secretId, env)).trim()
    case 'kubernetes':
    case 'jwt':
      return readJwt(settings.jwt, env)
    case 'userpass':
      return readSecret(settings.password, env)
    case 'cert':
      return undefined
    default:
      return unreachable(settings)
  }
}

/** What is known to be secret before anything is read. */
export function secretsIn(settings: LoginSettings): readonly string[] {
  const source =
    settings.method === 'approle'
      ? settings.secretId
      : settings.method === 'userpass'
        ? settings.password
        : settings.method === 'cert'
          ? undefined
          : settings.jwt
  if (source === undefined || source.kind === 'file') return []
  return [source.kind === 'variable' ? source.value : source.token]
}
