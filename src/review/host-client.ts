/**
 * Requests to a code host, with the token in a header. The token goes to one origin: a redirect to
 * another one is refused. Answers are bounded in size and time, and read as JSON.
 */
import { errorName, LockstepError } from '../domain/errors.ts'
import type { HostAnswer, HostClientSettings, HostRequest } from './host-exchange.ts'
import { BusyHost, type RawAnswer, refusal, refusalInBody } from './refusals.ts'

export interface HostClient {
  /**
   * The answer, if its status is 2xx or one of `expected`. Throws a `BusyHost` if asking again may
   * help, else a LockstepError.
   */
  readonly send: (request: HostRequest, expected?: readonly number[]) => Promise<HostAnswer>
  /** The error for a 2xx answer that says, in its `errors`, that the request was refused (GraphQL). */
  readonly refusedInBody: (request: HostRequest, errors: readonly unknown[]) => LockstepError
  readonly oddAnswer: (request: HostRequest, problem: string) => LockstepError
}

/** Bytes of an answer: a page of 100 comments, each of 65,536 characters of up to four bytes. */
const LARGEST_ANSWER = 32 * 1024 * 1024

const MOST_REDIRECTS = 3

export function createHostClient(settings: HostClientSettings): HostClient {
  return {
    send: async (request, expected = []) => {
      const answer = await follow(settings, request)
      if (isGood(answer.status) || expected.includes(answer.status)) return answer
      throw refusal(settings, request, answer)
    },
    refusedInBody: (request, errors) => refusalInBody(settings, request, errors),
    oddAnswer: ({ method, path }, problem) =>
      new LockstepError({
        code: 'odd-answer',
        message: `${settings.name} answered ${method} ${path} with something that is not its documented shape: ${settings.mask(problem)}`,
        hint: `Check that ${settings.base} is the address of its API, and that nothing between here and there changes its answers.`,
      }),
  }
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300
}

async function follow(settings: HostClientSettings, request: HostRequest): Promise<RawAnswer> {
  let url = new URL(settings.base + request.path)
  for (let left = MOST_REDIRECTS; ; left--) {
    const answer = await ask(settings, request, url)
    const location = answer.headers.get('location')
    // Only these statuses are followed: a repository that was renamed answers with one.
    if (![301, 302, 307, 308].includes(answer.status) || location === null) return answer
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined
    if (next?.origin !== url.origin) {
      throw redirected(settings, request, next?.origin ?? 'no address')
    }
    if (left === 0) throw redirected(settings, request, 'one address after another')
    url = next
  }
}

function redirected(
  { name }: HostClientSettings,
  { method, path }: HostRequest,
  to: string,
): LockstepError {
  return new LockstepError({
    code: 'redirected',
    message: `${name} redirects ${method} ${path} to ${to}: the token is not sent there`,
    hint: 'If that is the right host, set the address of its API in the job.',
  })
}

async function ask(
  { name, base, headers, timeout, mask, log }: HostClientSettings,
  { method, path, body }: HostRequest,
  url: URL,
): Promise<RawAnswer> {
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    })
    log?.(`${method} ${url.origin}${url.pathname}${url.search} -> ${response.status}`)
    return {
      status: response.status,
      body: parse(await readBounded(response)),
      hasNext: /<[^>]*>\s*;[^,]*\brel="?next"?/.test(response.headers.get('link') ?? ''),
      headers: response.headers,
    }
  } catch (error) {
    if (error instanceof LockstepError) throw error
    log?.(`${method} ${url.origin}${url.pathname}${url.search} -> no answer`)
    throw new BusyHost(
      `${name} at ${new URL(base).host}: ${method} ${path}: ${mask(describeFault(error, timeout))}`,
      'Whether this request had an effect is not known. Run the command again: it finds its own comment and posts no second one.',
    )
  }
}

/** Node puts the network's own fault into `cause`. */
function describeFault(error: unknown, timeout: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `no whole answer within ${timeout / 1000} s`
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return `no answer (${errorName(cause)})`
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > LARGEST_ANSWER) {
      throw new LockstepError({
        code: 'odd-answer',
        message: `the answer of ${new URL(response.url).host} is larger than ${LARGEST_ANSWER / 1024 ** 2} MiB`,
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
