/**
 * Asks the service of GitHub Actions for a JSON Web Token of the job. The variables
 * `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN` name it (*read*: GitHub's
 * documentation of OpenID Connect). No answer is quoted: it may hold the token.
 */
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import { createAgents } from '../server/agents.ts'
import { describeNoAnswer } from '../server/faults.ts'
import { usualProxiesOf } from '../server/proxies.ts'
import { readAnswer } from '../server/read-answer.ts'
import { badLogin, type SecretSource } from './settings.ts'

type GithubSource = SecretSource & { kind: 'github' }

/** In milliseconds and bytes. */
const LIMITS = { timeout: 10_000, size: 64 * 1024 }

/** Throws a LockstepError that says what the service answered, without its words. */
export async function askGithub(source: GithubSource, env: EnvironmentVariables): Promise<string> {
  const url = urlOf(source)
  const { status, body } = await ask(url, source.token, env).catch((cause: unknown) => {
    throw failed(url, `gave no answer (${describeNoAnswer(cause)})`, cause)
  })
  if (status !== 200) throw failed(url, `answered HTTP ${status}`)
  const jwt = valueOf(body)
  if (jwt === undefined) throw failed(url, 'answered without a token')
  return jwt
}

function urlOf({ url: text, audience }: GithubSource): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLoopback = url !== undefined && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname)
  if (
    url === undefined ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback))
  ) {
    throw badLogin(
      'ACTIONS_ID_TOKEN_REQUEST_URL is not an https address',
      'GitHub Actions sets it. Do not set it yourself; or name a file with --jwt-file.',
    )
  }
  if (audience !== undefined) url.searchParams.set('audience', audience)
  return url
}

/** Through the proxy of the environment. A redirect is not followed: the token would go elsewhere. */
async function ask(url: URL, token: string, env: EnvironmentVariables): Promise<ServerResponse> {
  const proxyFor = usualProxiesOf(env)
  const agents = createAgents({
    ...{ tls: { verify: true }, timeout: LIMITS.timeout, userAgent: 'lockstep' },
    ...(proxyFor !== undefined && { proxyFor }),
  })
  try {
    const { request, agent } = await agents.wayTo(url.origin)
    const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' }
    return await readAnswer(request(url, { agent, headers }), undefined, LIMITS)
  } finally {
    await agents.close()
  }
}

function valueOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('value' in body)) return undefined
  return typeof body.value === 'string' && body.value !== '' ? body.value : undefined
}

function failed({ host }: URL, what: string, cause?: unknown): LockstepError {
  return new LockstepError({
    code: 'no-job-token',
    message: `the token service of GitHub Actions at ${host} ${what}: there is no JSON Web Token to log in with`,
    exitCode: EXIT.notAllowed,
    hint: 'Give the job the permission id-token: write. A job of a pull request from a fork cannot have it.',
    ...(cause !== undefined && { cause }),
  })
}
