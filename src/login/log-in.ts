/** Sends a login, and explains a refused one. */
import { EXIT, LockstepError, unreachable } from '../domain/errors.ts'
import type { JsonObject, ServerResponse } from '../domain/exchange.ts'
import type { Namespace, NodeAddress } from '../domain/names.ts'
import { type LoginToken, loginToken } from '../server/answers/login.ts'
import type { Client, WriteOutcome } from '../server/client.ts'
import {
  decodeOrThrow,
  describeAnswer,
  noAnswerError,
  refusalError,
  wordsToJudge,
} from '../server/faults.ts'
import { logIn as loginRequest, type WriteRequest } from '../server/requests.ts'
import type { LoginSettings } from './settings.ts'

export interface LoginTarget {
  readonly client: Pick<Client, 'ask' | 'write' | 'wait'>
  /** The address that the user named for the cluster. */
  readonly address: NodeAddress
  /** That the requests are sent in. */
  readonly namespace: Namespace
}

/**
 * `secret`: the secret ID, JSON Web Token or password. Throws a LockstepError: exit 8 for a login that
 * the auth method refuses.
 */
export async function logIn(
  settings: LoginSettings,
  secret: string | undefined,
  target: LoginTarget,
): Promise<LoginToken> {
  const { address } = target
  const user = settings.method === 'userpass' ? settings.username : undefined
  const request = loginRequest(settings.mount, bodyOf(settings, secret), user)
  const response = await sendUntilLed(target, request)
  if (response.status !== 200) {
    const isRefused = response.status >= 400 && response.status <= 404
    if (isRefused && !speaksTls(response)) {
      throw refusedLogin(settings, address, response)
    }
    throw refusalError(address, request, response)
  }
  const token = decodeOrThrow(loginToken, { node: address, request }, response)
  if (token !== undefined) return token
  throw new LockstepError({
    code: 'login-refused',
    message: `${address}: the login at auth/${settings.mount}/ needs a second factor, which a program cannot give`,
    exitCode: EXIT.notAllowed,
    hint: 'Use an auth method or a user without a second factor.',
  })
}

function bodyOf(settings: LoginSettings, secret: string | undefined): JsonObject {
  switch (settings.method) {
    case 'approle':
      return {
        role_id: settings.roleId,
        ...(secret !== undefined && { secret_id: secret }),
      }
    case 'kubernetes':
    case 'jwt':
      return { jwt: secret, ...(settings.role !== undefined && { role: settings.role }) }
    case 'cert':
      return settings.role === undefined ? {} : { name: settings.role }
    case 'userpass':
      return { password: secret }
    default:
      return unreachable(settings)
  }
}

/** Milliseconds between the tries of a login while the cluster chooses a leader. */
const WITHOUT_LEADER = [300, 900, 2_000, 4_000] as const

/**
 * Sends a request again while the cluster has no leader: nothing was carried out then. A login whose
 * answer was lost is not sent again, since a secret ID may be for one use.
 */
export async function sendUntilLed(
  { client, address }: Pick<LoginTarget, 'client' | 'address'>,
  request: WriteRequest,
): Promise<ServerResponse> {
  const pauses = WITHOUT_LEADER.values()
  for (;;) {
    const response = answerOf(address, request, await client.write(address, request))
    const pause = hasNoLeader(response) ? pauses.next().value : undefined
    if (pause === undefined) return response
    await client.wait(pause)
  }
}

/** Measured on OpenBao 2.7.2: a standby answers 500 for about a second after a step-down. */
function hasNoLeader(response: ServerResponse): boolean {
  return (
    response.status >= 500 &&
    /local node not active|no active|context canceled|error forwarding/i.test(
      wordsToJudge(response),
    )
  )
}

function answerOf(
  address: NodeAddress,
  request: WriteRequest,
  outcome: WriteOutcome,
): ServerResponse {
  if (outcome.kind === 'answered') return outcome.response
  throw noAnswerError(address, request, outcome.error)
}

function speaksTls(response: ServerResponse): boolean {
  return /HTTP request to an HTTPS server/i.test(wordsToJudge(response))
}

function refusedLogin(
  settings: LoginSettings,
  address: NodeAddress,
  response: ServerResponse,
): LockstepError {
  const { method, mount } = settings
  return new LockstepError({
    code: 'login-refused',
    message: `${address} refused the login with --auth ${method} at auth/${mount}/ (${describeAnswer(response)})`,
    exitCode: EXIT.notAllowed,
    hint: hintFor(settings, response),
  })
}

/** Measured on OpenBao 2.7.2: the words of each auth method, and 403 without one at the path. */
function hintFor(settings: LoginSettings, response: ServerResponse): string {
  const { method, mount } = settings
  const words = wordsToJudge(response)
  if (response.status === 403 || response.status === 404) {
    return `Check that an auth method of the type ${method} is mounted at auth/${mount}/ in this namespace (--auth-mount, --namespace), and that its role accepts this machine.`
  }
  switch (settings.method) {
    case 'approle':
      return words.includes('missing secret_id')
        ? 'Set LOCKSTEP_SECRET_ID, or name a file with --secret-id-file.'
        : `Check the role ID (--role-id, LOCKSTEP_ROLE_ID). If it is right, the secret ID has expired, was used up or was revoked: generate another one.`
    case 'kubernetes':
    case 'jwt':
      if (words.includes('audience')) {
        return `The token is made for another audience than bound_audiences of the role: bao read auth/${mount}/role/${settings.role ?? '<role>'}. ${AUDIENCE[settings.method]}`
      }
      if (/expired|\(exp\)|\(nbf\)/.test(words)) {
        return 'The JSON Web Token has expired or is not valid yet: take a fresh one, and compare the clocks.'
      }
      if (words.includes('role'))
        return `Name a role of auth/${mount}/ with --role (LOCKSTEP_ROLE).`
      return `Check that auth/${mount}/config trusts who signed the JSON Web Token, and that its role (--role) accepts the claims.`
    case 'cert':
      return 'Give the client certificate and its key with --client-cert and --client-key (BAO_CLIENT_CERT, BAO_CLIENT_KEY), and the role that trusts it with --role.'
    case 'userpass':
      return 'Check the user name (--username) and the password. After several wrong passwords the server locks the user for a time.'
    default:
      return unreachable(settings)
  }
}

const AUDIENCE = {
  jwt: 'Choose it with --jwt-audience in GitHub Actions, or with aud under id_tokens in GitLab.',
  kubernetes:
    'Choose it with the audience of the projected serviceAccountToken, and name its file with --jwt-file.',
} as const
