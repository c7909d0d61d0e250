/**
 * Reads an answer whole, and within bounds: whatever stands at the other end, it takes no more
 * memory and no more time than the program has for it.
 */
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { ServerResponse } from '../domain/exchange.ts'

export interface AnswerLimits {
  /** Milliseconds from the connection to the last byte; 0: without end. */
  readonly timeout: number
  /** Bytes of the body. */
  readonly size: number
}

/** 64 MiB: measured, the list of a thousand mounts takes 0.8 MB. */
export const LARGEST_ANSWER = 64 * 1024 * 1024

/** Milliseconds for a node that is up to take a connection, TLS included. */
const CONNECTED_WITHIN = 10_000

/** Levels of lists and objects: the servers' own answers have fewer than ten. */
const DEEPEST_ANSWER = 100

/** The code of an error for an answer that came and cannot be taken. */
export const UNUSABLE_ANSWER = 'UNUSABLE_ANSWER'

/** Sends the body. Rejects with Node's own network errors, or with words for an answer that is refused. */
export function readAnswer(
  outgoing: ClientRequest,
  body: string | undefined,
  limits: AnswerLimits,
): Promise<ServerResponse> {
  return new Promise((resolve, reject) => {
    limitTime(outgoing, limits.timeout)
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      incoming.on('error', reject)
      incoming.on('aborted', () => {
        reject(Object.assign(new Error('the answer was cut off'), { code: 'ECONNRESET' }))
      })
      collect(incoming, limits.size, (text) => {
        if (text === undefined) {
          outgoing.destroy(unusable(`its answer is larger than ${limits.size / 1024 / 1024} MiB`))
          return
        }
        const answer = parseBody(text)
        if (answer === undefined) {
          reject(unusable(`its answer nests more than ${DEEPEST_ANSWER} levels deep`))
          return
        }
        const retryAfter = incoming.headers['retry-after']
        resolve({
          status: incoming.statusCode ?? 0,
          body: answer.body,
          ...(retryAfter !== undefined && { retryAfter }),
        })
      })
    })
    // As bytes: with a text, Node encodes the headers as UTF-8 once more.
    outgoing.end(body === undefined ? undefined : Buffer.from(body))
  })
}

/** Calls back once: with the text, or with undefined as soon as there is too much of it. */
function collect(
  incoming: IncomingMessage,
  limit: number,
  done: (text: string | undefined) => void,
): void {
  const chunks: Buffer[] = []
  let size = 0
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
    else {
      incoming.removeAllListeners('data')
      done(undefined)
    }
  })
  incoming.on('end', () => {
    if (size <= limit) done(Buffer.concat(chunks).toString('utf8'))
  })
}

/**
 * The whole answer counts, not only the silences in it: a server that sends a byte now and then
 * would hold the program for as long as it likes. Until there is a connection, its own limit counts.
 */
function limitTime(outgoing: ClientRequest, timeout: number): void {
  const limitUntil = (event: string, limit: number, what: string): void => {
    const timer = setTimeout(() => outgoing.destroy(timedOut(what, limit)), limit)
    const stop = (): void => clearTimeout(timer)
    outgoing.once('close', stop)
    if (event !== 'close') outgoing.socket?.once(event, stop)
  }
  const limitAnswer = (): void => {
    if (timeout > 0) limitUntil('close', timeout, 'whole answer')
  }
  outgoing.once('socket', (socket) => {
    if (!socket.connecting) {
      limitAnswer()
      return
    }
    const connected = 'encrypted' in socket ? 'secureConnect' : 'connect'
    socket.once(connected, limitAnswer)
    const limit = timeout === 0 ? CONNECTED_WITHIN : Math.min(CONNECTED_WITHIN, timeout)
    limitUntil(connected, limit, 'connection')
  })
}

function unusable(why: string): Error {
  return Object.assign(new Error(why), { code: UNUSABLE_ANSWER })
}

function timedOut(what: string, limit: number): Error {
  return Object.assign(new Error(`no ${what} within ${limit / 1000} s`), { code: 'ETIMEDOUT' })
}

/** Undefined where it nests so deep that whoever walks through it would run out of stack. */
function parseBody(text: string): { readonly body: unknown } | undefined {
  if (text.trim() === '') return { body: null }
  if (nestsDeeper(text, DEEPEST_ANSWER)) return undefined
  try {
    return { body: JSON.parse(text) as unknown }
  } catch {
    // A proxy's page, or a server told in plain text that it speaks TLS.
    // Whole: it is cut where it is told, after secrets were taken out of it.
    return { body: { errors: [text.trim()] } }
  }
}

/** Counts brackets outside of strings; of text that is no JSON it may say anything. */
function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    if (depth > limit) return true
  }
  return false
}
