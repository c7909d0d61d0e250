/**
 * Reads a complete answer within limits: no peer can make the program use more memory or time than
 * allowed.
 */
import type { ClientRequest, IncomingMessage } from 'node:http'
import { LONGEST_TIMER } from '../domain/duration.ts'
import type { ServerResponse } from '../domain/exchange.ts'

export interface AnswerLimits {
  /** Milliseconds from the connection to the last byte. 0: no limit. */
  readonly timeout: number
  /** Bytes of the body. */
  readonly size: number
}

/** 128 MiB. Measured: the list of a thousand mounts has 0.8 MB, so that of 100,000 has 80 MB. */
export const LARGEST_ANSWER = 128 * 1024 * 1024

/** Milliseconds in which a running node accepts a connection, TLS included. */
const CONNECTED_WITHIN = 10_000

/**
 * Milliseconds in which a connection must be open. `timeout`: of the whole answer, 0 for no limit.
 */
export function connectionLimit(timeout: number): number {
  return timeout === 0 ? CONNECTED_WITHIN : Math.min(CONNECTED_WITHIN, timeout)
}

/** The most levels of lists and objects. Servers' own answers have fewer than ten. */
const DEEPEST_ANSWER = 100

/** The error code for an answer that arrived and cannot be used. */
export const UNUSABLE_ANSWER = 'UNUSABLE_ANSWER'

/**
 * Sends the body and reads the answer. Rejects with Node's own network errors, or with an error
 * that explains why the answer is not accepted.
 */
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
    // As bytes: with a text, Node would encode the headers as UTF-8 again.
    outgoing.end(body === undefined ? undefined : Buffer.from(body))
  })
}

/**
 * Calls `done` once: with the text, or with undefined as soon as the answer is larger than `limit`.
 */
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
 * Limits the time for the complete answer, not only the pauses in it: otherwise a server that sends
 * a byte from time to time could keep the program waiting without end. Before there is a
 * connection, the connection's own limit applies.
 */
function limitTime(outgoing: ClientRequest, timeout: number): void {
  const limitUntil = (event: string, asked: number, what: string): void => {
    const limit = Math.min(asked, LONGEST_TIMER)
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
    limitUntil(connected, connectionLimit(timeout), 'connection')
  })
}

function unusable(why: string): Error {
  return Object.assign(new Error(why), { code: UNUSABLE_ANSWER })
}

function timedOut(what: string, limit: number): Error {
  return Object.assign(new Error(`no ${what} within ${limit / 1000} s`), { code: 'ETIMEDOUT' })
}

/**
 * The parsed body. Undefined if it nests too deep: code that walks through it would run out of
 * stack.
 */
function parseBody(text: string): { readonly body: unknown } | undefined {
  if (text.trim() === '') return { body: null }
  if (nestsDeeper(text, DEEPEST_ANSWER)) return undefined
  try {
    return { body: JSON.parse(text) as unknown }
  } catch {
    // A proxy's page, or the plain text of a TLS server. Not cut here: it is cut where it is shown,
    // after secrets were removed.
    return { body: { errors: [text.trim()] } }
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Counts brackets outside of strings. For text that is not JSON the result may be wrong. Compares
 * each character: a pattern would create an object for each string of a list of a thousand mounts.
 */
function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (isInString) {
      if (code === BACKSLASH) at += 1
      else if (code === QUOTE) isInString = false
    } else if (code === QUOTE) isInString = true
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth += 1
      if (depth > limit) return true
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1
  }
  return false
}
