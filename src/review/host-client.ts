/**
 * Requests to a code host, with the token in a header. The token goes to one origin: a redirect to
 * another one is refused. Answers are bounded in size and time, and read as JSON.
 */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { errorName, LockstepError } from '../domain/errors.ts'
import { ProxyError, proxyHint } from '../server/proxy-error.ts'
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
  settings: HostClientSettings,
  request: HostRequest,
  url: URL,
): Promise<RawAnswer> {
  const { name, base, timeout, mask, log } = settings
  const { method, path } = request
  const limit = AbortSignal.timeout(timeout)
  try {
    const response = await send(settings, request, { url, signal: limit })
    const status = response.statusCode ?? 0
    log?.(`${method} ${url.origin}${url.pathname}${url.search} -> ${status}`)
    const headers = new Headers(
      Object.entries(response.headers).map(([header, value]) => [header, String(value)]),
    )
    return {
      status,
      body: parse(await readBounded(response, url)),
      hasNext: /<[^>]*>\s*;[^,]*\brel="?next"?/.test(headers.get('link') ?? ''),
      headers,
    }
  } catch (error) {
    if (error instanceof LockstepError) throw error
    log?.(`${method} ${url.origin}${url.pathname}${url.search} -> no answer`)
    const at = `${name} at ${new URL(base).host}`
    if (error instanceof ProxyError) {
      const message = `${at}: ${error.message}`
      const hint = proxyHint(error, name)
      throw new LockstepError({ code: 'proxy', message, hint, cause: error })
    }
    const why = limit.aborted
      ? `no whole answer within ${timeout / 1000} s`
      : `no answer (${errorName(error)})`
    throw new BusyHost(
      `${at}: ${method} ${path}: ${mask(why)}`,
      method === 'GET'
        ? `Nothing was posted. Check that ${base} is the address of its API, and that this machine can reach it. Then run the command again.`
        : 'Whether this request had an effect is not known. Run the command again: it finds its own comment and posts no second one.',
    )
  }
}

/** The answer, whose body is not read yet. Rejects with Node's own errors, or a ProxyError. */
async function send(
  { agents, headers }: HostClientSettings,
  { method, body }: HostRequest,
  { url, signal }: { readonly url: URL; readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  const way = await agents.wayTo(url.origin)
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
  const outgoing = way.request(url, {
    agent: way.agent,
    method,
    signal,
    headers: {
      ...headers,
      ...(bytes !== undefined && {
        'Content-Type': 'application/json',
        'Content-Length': bytes.length,
      }),
    },
  })
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  // An error after the answer began is an error of the answer, too, which is read.
  outgoing.on('error', () => undefined)
  outgoing.end(bytes)
  const [response] = await answered
  return response
}

async function readBounded(response: IncomingMessage, { host }: URL): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_ANSWER) {
      throw new LockstepError({
        code: 'odd-answer',
        message: `the answer of ${host} is larger than ${LARGEST_ANSWER / 1024 ** 2} MiB`,
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
