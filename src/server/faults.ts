/**
 * Explains refused and unanswered requests for the user: the message, the exit code and the hint.
 * Never contains a token.
 */
import { isDeepStrictEqual } from 'node:util'
import { EXIT, LockstepError, unreachable } from '../domain/errors.ts'
import type { ServerRequest, ServerResponse } from '../domain/exchange.ts'
import type { Unreadable } from '../domain/live.ts'
import type { NodeAddress } from '../domain/names.ts'
import { decode, type Decoder } from './answers/shape.ts'
import { isUntrustedCertificate, networkCode, WRONG_NAME } from './network-codes.ts'
import { ProxyError, proxyHint } from './proxy-error.ts'
import { UNUSABLE_ANSWER } from './read-answer.ts'
import { plainPath } from './request-path.ts'
import { capabilityFor, policyLine } from './rights.ts'

/** The errors of a server's answer, unchanged: they may contain secrets. */
export function errorsOf({ body }: ServerResponse): readonly string[] {
  if (typeof body !== 'object' || body === null || !('errors' in body)) return []
  const errors: unknown = body.errors
  return Array.isArray(errors) ? errors.map(String) : []
}

/** The most characters of a server's words that are shown: a proxy may answer with a page. */
const LONGEST_SHOWN = 600

/**
 * The words of a server's answer, to show: one line, no repetition, no secret. Cut here, after
 * secrets were removed: a cut before that could leave half a secret.
 */
export function errorWords(response: ServerResponse): string {
  const words = joinMessages(response.maskedErrors ?? errorsOf(response))
  return words.length > LONGEST_SHOWN ? `${words.slice(0, LONGEST_SHOWN)}…` : words
}

/**
 * The words of a server's answer with its secrets, to judge the answer and never to show. An
 * environment variable of a plugin may have any word as its value, and replacing that word must not
 * change what an answer means.
 */
export function wordsToJudge(response: ServerResponse): string {
  return joinMessages(errorsOf(response))
}

function joinMessages(errors: readonly string[]): string {
  const messages = errors.flatMap(messagesOf)
  return messages
    .filter((words, at) => at === 0 || messages[at - 1]?.endsWith(words) !== true)
    .join('; ')
}

/**
 * The messages of a text. Servers may put a list into one text: `2 errors occurred:` and a line for
 * each.
 */
function messagesOf(words: string): string[] {
  return words
    .replace(/\s*\d+ errors? occurred:/g, '')
    .replace(/:\s*\n\s*\* /g, ': ')
    .split(/\s*\n\s*/)
    .map((line) => line.replace(/^\s*\* /, '').trim())
    .filter((line) => line !== '')
}

/**
 * True if the answer only says that this node, or a proxy in front of it, cannot do the work now:
 * busy, without a leader, or forwarding to the active node. A later try may succeed.
 */
export function asksToRetry(response: ServerResponse): boolean {
  if (isForwarded(response) || [429, 502, 504].includes(response.status)) return true
  // A sealed node answers 503 too, until a person unseals it.
  return response.status === 503 && findClosedReason(response) === undefined
}

/**
 * True if a standby does not answer for itself. Standbys of Vault answer 307. Standbys of OpenBao
 * answer 307 too, and 500 while there is no leader, for about a second after a step-down.
 */
export function isForwarded(response: ServerResponse): boolean {
  if (response.status === 307) return true
  if (response.status !== 500) return false
  return /please forward to the active node|local node not active/.test(wordsToJudge(response))
}

/** True if the token lacks the right, or is not known. */
export function isDenied({ status }: ServerResponse): boolean {
  return status === 401 || status === 403
}

/** Why something could not be read, in the form of the live state. */
export function describeUnread(
  answer: ServerResponse,
): Pick<Unreadable, 'reason' | 'denied' | 'fix'> {
  const closed = findClosedReason(answer)
  if (closed !== undefined) return describeClosed(closed)
  return { reason: describeAnswer(answer), ...(isDenied(answer) && { denied: true }) }
}

/** Why a namespace answers nothing. */
export type ClosedNamespace = 'sealed' | 'locked' | 'deleted'

/**
 * Measured on OpenBao 2.7.2: 503 `namespace is sealed`; 503 `API access to this namespace has been
 * locked by an administrator …`; 404 `namespace not found`, also of one that is being deleted.
 */
export function findClosedReason(answer: ServerResponse): ClosedNamespace | undefined {
  const words = wordsToJudge(answer)
  if (answer.status === 503 && words.includes('namespace is sealed')) return 'sealed'
  if (answer.status === 503 && words.includes('namespace has been locked')) return 'locked'
  return answer.status === 404 && words.includes('namespace not found') ? 'deleted' : undefined
}

/** The reason and the fix for a namespace that answers nothing. */
export function describeClosed(why: ClosedNamespace): Pick<Unreadable, 'reason' | 'fix'> {
  switch (why) {
    case 'sealed':
      return { reason: 'the namespace is sealed', fix: 'Unseal the namespace.' }
    case 'locked':
      return { reason: 'the namespace is locked', fix: 'Unlock the namespace.' }
    case 'deleted':
      return {
        reason: 'the namespace is deleted, or is being deleted',
        fix: 'Wait until the namespace is deleted.',
      }
    default:
      return unreachable(why)
  }
}

/** An answer in one line: its status and its words. */
export function describeAnswer(response: ServerResponse): string {
  const name = response.status === 429 ? '429 (rate limit)' : String(response.status)
  return `HTTP ${name} ${errorWords(response)}`.trim()
}

/** One line for a request that got no answer. */
export function describeNoAnswer(error: unknown): string {
  const code = networkCode(error)
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was cut before the answer came'
    case 'EPROTO':
      return 'it does not speak TLS'
    case WRONG_NAME:
      return 'its certificate is for another name'
    default:
      if (error instanceof Error && error.name === 'AbortError') return 'no answer in time'
      if (code.startsWith('HPE_')) return `its answer is not HTTP (${code})`
      if (isUntrustedCertificate(error)) return `its certificate is not trusted (${code})`
      // An error without a code has its own words.
      return error instanceof Error && error.message !== '' ? error.message : code || 'no answer'
  }
}

/** The error of a request that got no answer, or an unusable one. */
export function noAnswerError(
  node: NodeAddress,
  { method, path }: ServerRequest,
  error: unknown,
): LockstepError {
  // Nothing was sent, and the error already explains why.
  if (error instanceof LockstepError) return error
  if (error instanceof ProxyError) {
    const message = `${node}: ${error.message}`
    return new LockstepError({ code: 'proxy', message, hint: proxyHint(error), cause: error })
  }
  const code = networkCode(error)
  if (code === UNUSABLE_ANSWER || code.startsWith('HPE_')) {
    return new LockstepError({
      code: 'unusable-answer',
      message: `${node}: ${method} ${plainPath(path)}: ${describeNoAnswer(error)}`,
      cause: error,
      hint: 'Check that --address names an OpenBao or Vault server, and that no proxy before it changes the answer.',
    })
  }
  const base = { message: `${node}: ${describeNoAnswer(error)}`, cause: error }
  if (isUntrustedCertificate(error)) {
    return new LockstepError({
      ...base,
      code: 'untrusted-certificate',
      hint: 'Name the authority that signed it with --ca-cert or BAO_CACERT (VAULT_CACERT).',
    })
  }
  if (code === WRONG_NAME) {
    return new LockstepError({
      ...base,
      code: 'wrong-certificate-name',
      hint: 'Use an address that is in its certificate, or say which name is with --tls-server-name or BAO_TLS_SERVER_NAME (VAULT_TLS_SERVER_NAME).',
    })
  }
  if (code === 'EPROTO') {
    return new LockstepError({
      ...base,
      code: 'not-tls',
      hint: 'If it serves plain HTTP, write the address with http://.',
    })
  }
  return new LockstepError({
    ...base,
    code: 'unreachable',
    hint: 'Is the address right (--address, cluster.address, BAO_ADDR or VAULT_ADDR), and the server up?',
  })
}

/**
 * True if the denial means a missing right, so the token is valid. Measured on OpenBao 2.7.2: the
 * words are then a list of one (`1 error occurred: * permission denied`). For an unknown token, or
 * none, they are not a list. Vault's list then also has `invalid token` (*read*).
 */
function lacksRight(response: ServerResponse): boolean {
  const body = JSON.stringify(response.body)
  return isDenied(response) && /errors? occurred/.test(body) && !body.includes('invalid token')
}

/** True if the denial may mean an unknown token, for example one that expired. */
export function mayBeUnknownToken(response: ServerResponse): boolean {
  return isDenied(response) && !lacksRight(response)
}

/** Why an answer was not used, in the form of the live state: it has not its documented shape. */
export function describeUnexpectedShape(problem: string): { reason: string } {
  return { reason: `the answer is not of its documented shape: ${problem}` }
}

/** The error for an answer that has not its documented shape. */
export function unexpectedAnswerError(
  node: NodeAddress,
  request: ServerRequest,
  problem: string,
): LockstepError {
  return new LockstepError({
    code: 'odd-answer',
    message: `${node} answered ${plainPath(request.path)} with something that is not its documented shape: ${problem}`,
    hint: 'Check that the address is that of a server, and that nothing between here and the server changes its answers.',
  })
}

/** The decoded body of a 200. Throws a LockstepError if it has not its documented shape. */
export function decodeOrThrow<Value>(
  decoder: Decoder<Value>,
  asked: { readonly node: NodeAddress; readonly request: ServerRequest },
  { body }: ServerResponse,
): Value {
  const decoded = decode(decoder, body)
  if (decoded.kind === 'odd')
    throw unexpectedAnswerError(asked.node, asked.request, decoded.problem)
  return decoded.value
}

/**
 * True for a server's answer to a list without keys, and to a read of something that does not
 * exist.
 */
export function isNotFound({ status, body }: ServerResponse): boolean {
  return status === 404 && isDeepStrictEqual(body, { errors: [] })
}

/** True if this server does not have the path. The words are OpenBao's, then Vault Community's. */
export function isUnsupportedPath(response: ServerResponse): boolean {
  if (response.status !== 404) return false
  return /^(unsupported path|enterprise-only feature)$/.test(wordsToJudge(response))
}

/** The error for an answer that refuses a request. */
export function refusalError(
  node: NodeAddress,
  request: ServerRequest,
  response: ServerResponse,
): LockstepError {
  const words = errorWords(response)
  const answered = words === '' ? `HTTP ${response.status}` : `HTTP ${response.status}: ${words}`
  const asked = `${request.method} ${plainPath(request.path)}`
  const rawWords = wordsToJudge(response)
  const closed = findClosedReason(response)
  if (closed !== undefined) {
    const { reason, fix } = describeClosed(closed)
    const message = `${node}: ${request.namespace || asked}: ${reason}`
    return new LockstepError({ code: 'namespace-closed', message, ...(fix && { hint: fix }) })
  }
  if (response.status === 503 && /sealed/i.test(rawWords)) {
    return new LockstepError({
      code: 'sealed',
      message: `${node} is sealed`,
      hint: 'Unseal it, then run this again.',
    })
  }
  if (response.status === 400 && /HTTP request to an HTTPS server/i.test(rawWords)) {
    return new LockstepError({
      code: 'wants-tls',
      message: `${node} speaks TLS`,
      hint: 'Write the address with https://.',
    })
  }
  if (response.status === 429) {
    return new LockstepError({
      code: 'rate-limited',
      message: `${node}: ${asked}: the server’s rate limit refuses more requests (${answered})`,
      hint: 'Run this again later, wait longer with --timeout, or raise the limit (sys/quotas/rate-limit).',
    })
  }
  if (isDenied(response)) return denial({ node, request, response, asked, answered })
  return new LockstepError({ code: 'refused', message: `${node}: ${asked}: ${answered}` })
}

interface Denied {
  readonly node: NodeAddress
  readonly request: ServerRequest
  readonly response: ServerResponse
  /** The request and the answer, as texts. */
  readonly asked: string
  readonly answered: string
}

function denial({ node, request, response, asked, answered }: Denied): LockstepError {
  const exitCode = EXIT.notAllowed
  if (response.withoutToken === true) {
    return new LockstepError({
      code: 'no-token',
      message: `no token is set, and ${node} needs one for ${asked} (${answered})`,
      exitCode,
      hint: 'Set BAO_TOKEN (VAULT_TOKEN), or log in with bao login (vault login), which writes ~/.vault-token.',
    })
  }
  const line = policyLine(capabilityFor(request))
  if (mayBeUnknownToken(response)) {
    return new LockstepError({
      code: 'bad-token',
      message: `${node} does not accept the token for ${asked} (${answered})`,
      exitCode,
      hint: `It may have expired: log in again, or set BAO_TOKEN (VAULT_TOKEN). If it has not, its policy needs: ${line}`,
    })
  }
  return new LockstepError({
    code: 'not-allowed',
    message: `${node}: ${asked}: the token may not do this (${answered})`,
    exitCode,
    hint: `Its policy needs: ${line}`,
  })
}
