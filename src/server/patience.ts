/**
 * Decides how long to wait for a busy server: as long as its `Retry-After` says, else a little
 * longer each time. All waits for one answer together are limited.
 */
import type { ServerResponse } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { findClosedReason, wordsToJudge } from './faults.ts'

export interface PatienceOptions {
  /** The limit, in milliseconds, for all waits for one answer together. 0: no limit. */
  readonly limit: number
  /**
   * A random number from 0 to 1, so that clients that were refused at the same time do not all
   * return at the same time.
   */
  readonly random: () => number
  /** Called before each wait, with its milliseconds. */
  readonly onWait?: (node: NodeAddress, wait: number) => void
  /** The time in milliseconds, for a `Retry-After` that is a date. */
  readonly now: () => number
}

/** Milliseconds. */
const FIRST_WAIT = 200
const LONGEST_WAIT = 10_000
/** In milliseconds: the most that is randomly added to a wait that the server asked for. */
const LONGEST_JITTER = 1_000

/** The milliseconds to wait after this answer. Undefined if there is no time left to wait. */
export type Patience = (response: ServerResponse) => number | undefined

/** The waits for one request. Without options there are none. */
export function createPatience(options: PatienceOptions | undefined, node: NodeAddress): Patience {
  if (options === undefined) return () => undefined
  const { limit, random, now, onWait } = options
  const left = { waits: limit === 0 ? Infinity : limit, next: FIRST_WAIT }
  return (response) => {
    const retryAfter = parseRetryAfter(response.retryAfter ?? '', now())
    const wait =
      retryAfter === undefined
        ? left.next * (0.5 + random() / 2)
        : retryAfter + random() * Math.min(retryAfter, LONGEST_JITTER)
    if (wait > left.waits) return undefined
    left.waits -= wait
    left.next = Math.min(left.next * 2, LONGEST_WAIT)
    onWait?.(node, wait)
    return wait
  }
}

/** True if the answer only says that the server is too busy now. */
export function isBusy(response: ServerResponse): boolean {
  if (isRateLimited(response)) return true
  // A sealed node answers 503 too, as does a namespace that is sealed or locked. Those do not end
  // without a person.
  if (response.status !== 503 || findClosedReason(response) !== undefined) return false
  return !/sealed/i.test(wordsToJudge(response))
}

/**
 * True if the server carried nothing out because of too many requests. Servers count requests
 * before they carry them out, and so do proxies in front of them.
 */
export function isRateLimited({ status }: ServerResponse): boolean {
  return status === 429
}

/**
 * Milliseconds from `now`, from a number of seconds or an HTTP date. Undefined if the text is
 * neither.
 */
export function parseRetryAfter(text: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(text)
    ? Date.parse(text)
    : NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
