/** What an answer of a code host says that is no success, as an error with what to do. */
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { JsonObject } from '../domain/exchange.ts'
import { parseRetryAfter } from '../server/patience.ts'
import type { HostAnswer, HostClientSettings, HostRequest } from './host-exchange.ts'

export interface RawAnswer extends HostAnswer {
  readonly headers: Headers
}

/** No answer came, or one that says to come back later: 429, 5xx. */
export class BusyHost extends LockstepError {
  /** Milliseconds that the host asks to wait; undefined if it does not say. */
  readonly retryAfter: number | undefined

  constructor(message: string, hint: string, retryAfter?: number) {
    super({ code: 'host-busy', message, hint })
    this.retryAfter = retryAfter
  }
}

/** Characters of a host's words that a message repeats. */
const LONGEST_WORDS = 300

/** The error for an answer that is not 2xx. */
export function refusal(
  { name, mask, tokenVariable, neededRights, now }: HostClientSettings,
  { method, path }: HostRequest,
  { status, body, headers }: RawAnswer,
): LockstepError {
  const words = mask(wordsOf(body)).slice(0, LONGEST_WORDS)
  const answered = `${name}: ${method} ${path}: HTTP ${status}${words === '' ? '' : ` (${words})`}`
  if (isRateLimit(status, headers)) {
    const wait = waitFor(headers, now())
    const when = wait === undefined ? 'later' : `in ${Math.ceil(wait / 1000)} s`
    return new BusyHost(
      `${answered}: too many requests`,
      `Run the command again ${when}. The plan is not affected.`,
      wait,
    )
  }
  if (status >= 500) {
    return new BusyHost(
      answered,
      'Run the command again later. The plan is not affected.',
      waitFor(headers, now()),
    )
  }
  if (status === 401 || status === 403) {
    const is = status === 401 ? 'does not accept the token' : 'does not allow this with the token'
    return new LockstepError({
      code: status === 401 ? 'bad-token' : 'not-allowed',
      message: `${answered}: ${name} ${is} of ${tokenVariable}`,
      exitCode: EXIT.notAllowed,
      hint: neededRights,
    })
  }
  if (status === 404) {
    return new LockstepError({
      code: 'not-found',
      message: `${answered}: there is nothing by this name, or the token of ${tokenVariable} may not see it`,
      hint: `Check the names in the path. ${neededRights}`,
    })
  }
  return new LockstepError({
    code: 'host-refused',
    message: answered,
    ...(status === 422 && {
      hint: 'If the comment is too long, make it shorter with --markdown-limit.',
    }),
  })
}

/**
 * GitHub's GraphQL interface answers 200 to a request that it refuses. The first error has the type
 * `RATE_LIMITED`, `FORBIDDEN` or `INSUFFICIENT_SCOPES`, or another or none.
 */
export function refusalInBody(
  { name, mask, tokenVariable, neededRights }: HostClientSettings,
  { method, path }: HostRequest,
  errors: readonly unknown[],
): LockstepError {
  const words = mask(wordsOf({ errors })).slice(0, LONGEST_WORDS)
  const answered = `${name}: ${method} ${path}: ${words === '' ? 'an error without a message' : words}`
  const [first] = errors
  const type = typeof first === 'object' && first !== null ? (first as JsonObject)['type'] : ''
  switch (type) {
    case 'RATE_LIMITED':
      return new BusyHost(
        `${answered}: too many requests`,
        'Run the command again later. The plan is not affected.',
      )
    case 'FORBIDDEN':
    case 'INSUFFICIENT_SCOPES':
      return new LockstepError({
        code: 'not-allowed',
        message: `${answered}: ${name} does not allow this with the token of ${tokenVariable}`,
        exitCode: EXIT.notAllowed,
        hint: neededRights,
      })
    default:
      return new LockstepError({
        code: 'host-refused',
        message: answered,
        hint: 'Nothing was posted. Run the command again; if it fails again, ask the administrators of the code host.',
      })
  }
}

/** GitHub also answers 403. Then a header says that no requests are left, or when to send the next one. */
function isRateLimit(status: number, headers: Headers): boolean {
  return (
    status === 429 ||
    (status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0'))
  )
}

/** Milliseconds: GitHub and GitLab send `Retry-After`; GitHub also the second of a reset. */
function waitFor(headers: Headers, now: number): number | undefined {
  const after = parseRetryAfter(headers.get('retry-after') ?? '', now)
  if (after !== undefined) return after
  const reset = headers.get('x-ratelimit-remaining') === '0' ? headers.get('x-ratelimit-reset') : ''
  return /^\d{1,12}$/.test(reset ?? '') ? Math.max(0, Number(reset) * 1000 - now) : undefined
}

/** What an error answer says: GitHub's `message` and `errors`, GitLab's `message` or `error`. */
function wordsOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return ''
  const { message, error, errors } = body as JsonObject
  const list: unknown[] = Array.isArray(errors) ? errors : [errors]
  return [message, error, ...list]
    .filter((one) => one !== undefined && one !== null)
    .map(wordsOfOne)
    .join('; ')
}

/** A member of `errors`: an object with a `message`, or with the `field` that is wrong and a `code`. */
function wordsOfOne(one: unknown): string {
  if (typeof one === 'string') return one
  const { message, field, code } = (typeof one === 'object' ? one : {}) as JsonObject
  if (typeof message === 'string') return message
  if (typeof field === 'string' && typeof code === 'string') return `${field}: ${code}`
  return JSON.stringify(one)
}
