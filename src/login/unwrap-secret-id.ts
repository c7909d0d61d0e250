/**
 * Takes a secret ID out of its wrapping token. It first checks where that token was made: a person
 * who can replace the token could wrap the secret ID of another role, or another secret. A token
 * that was used already may have been intercepted.
 */
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { creationPath, unwrappedSecretId } from '../server/answers/login.ts'
import { decodeOrThrow, describeAnswer, isDenied, refusalError } from '../server/faults.ts'
import { lookUpWrapping, unwrap } from '../server/requests.ts'
import { type LoginTarget, sendUntilLed } from './log-in.ts'
import type { LoginSettings } from './settings.ts'

/** Throws a LockstepError (exit 8) for a wrapping token that was used, has expired or is another's. */
export async function unwrapSecretId(
  wrapping: string,
  settings: LoginSettings & { method: 'approle' },
  target: LoginTarget,
): Promise<string> {
  const { client, address } = target
  const lookup = lookUpWrapping(wrapping)
  const found = await client.ask(address, lookup)
  if (isUnknown(found)) throw usedBefore(found)
  if (found.status !== 200) throw refusalError(address, lookup, found)
  const path = decodeOrThrow(creationPath, { node: address, request: lookup }, found)
  if (!isSecretIdPath(withoutNamespace(path, target), settings)) {
    const { mount, role } = settings
    throw new LockstepError({
      code: 'wrong-wrapping',
      message: `the wrapping token was made at ${JSON.stringify(path)}, not at auth/${mount}/role/${role ?? '<role>'}/secret-id: someone may have replaced it`,
      exitCode: EXIT.notAllowed,
      hint: 'The token was not unwrapped and nothing was sent to the auth method. Check who delivered it, and --auth-mount and --role.',
    })
  }
  const request = unwrap(wrapping)
  const answer = await sendUntilLed(target, request)
  if (isUnknown(answer)) throw usedBefore(answer)
  if (answer.status !== 200) throw refusalError(address, request, answer)
  return decodeOrThrow(unwrappedSecretId, { node: address, request }, answer)
}

/** Measured on OpenBao 2.7.2: the path of a request in a namespace begins with the namespace. */
function withoutNamespace(path: string, { namespace }: LoginTarget): string {
  const start = namespace === ROOT_NAMESPACE ? '' : `${namespace.replace(/\/$/, '')}/`
  return path.startsWith(start) ? path.slice(start.length) : path
}

function isSecretIdPath(
  path: string,
  { mount, role }: LoginSettings & { method: 'approle' },
): boolean {
  const start = `auth/${mount}/role/`
  if (!path.startsWith(start)) return false
  const [name, end, ...rest] = path.slice(start.length).split('/')
  const isRole = role === undefined ? name !== '' : name === role
  return isRole && rest.length === 0 && (end === 'secret-id' || end === 'custom-secret-id')
}

/** Measured on OpenBao 2.7.2: 400 or 403 for a wrapping token that does not exist any more. */
function isUnknown(response: ServerResponse): boolean {
  return response.status === 400 || isDenied(response)
}

function usedBefore(response: ServerResponse): LockstepError {
  return new LockstepError({
    code: 'wrapping-token-used',
    message: `the wrapping token of the secret ID is not valid (${describeAnswer(response)}): it was used already, or it has expired. If no run of yours used it, someone may have intercepted the secret ID.`,
    exitCode: EXIT.notAllowed,
    hint: 'Revoke the secret ID by its accessor (auth/approle/role/<role>/secret-id-accessor/destroy), find out who used the wrapping token, and wrap another secret ID.',
  })
}
