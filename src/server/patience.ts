/**
 * How long a server that is busy is waited for: as long as it says (`Retry-After`), else a little
 * longer each time; never longer together than one answer may take.
 */
import type { ServerResponse } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { whyClosed, wordsToJudge } from './faults.ts'

export interface PatienceOptions {
  /** Milliseconds that the waits for one answer may take together; 0: without end. */
  readonly limit: number
  /** From 0 to 1, so that clients that were refused together do not come back together. */
  readonly random: () => number
  /** Hears of each wait, in milliseconds; absent where nobody is told. */
  readonly tell?: (node: NodeAddress, wait: number) => void
  /** In milliseconds, for a `Retry-After` that is a date. */
  readonly now: () => number
}

/** Milliseconds. */
const FIRST_WAIT = 200
const LONGEST_WAIT = 10_000
/** The most that chance adds to a wait that the server asked for. */
const LONGEST_JITTER = 1_000

/** The milliseconds to wait after this answer; undefined where it is not to be waited for longer. */
export type Patience = (response: ServerResponse) => number | undefined

/** For one request. Without options nothing is waited for. */
export function createPatience(options: PatienceOptions | undefined, node: NodeAddress): Patience {
  if (options === undefined) return () => undefined
  const { limit, random, now, tell } = options
  const left = { waits: limit === 0 ? Infinity : limit, next: FIRST_WAIT }
  return (response) => {
    const told = parseRetryAfter(response.retryAfter ?? '', now())
    const wait =
      told === undefined
        ? left.next * (0.5 + random() / 2)
        : told + random() * Math.min(told, LONGEST_JITTER)
    if (wait > left.waits) return undefined
    left.waits -= wait
    left.next = Math.min(left.next * 2, LONGEST_WAIT)
    tell?.(node, wait)
    return wait
  }
}

/** True of an answer that says no more than: too much at once, come back later. */
export function isBusy(response: ServerResponse): boolean {
  if (isRateLimited(response)) return true
  // A sealed node says 503 too, as does a namespace that is sealed or locked: until somebody opens it.
  if (response.status !== 503 || whyClosed(response) !== undefined) return false
  return !/sealed/i.test(wordsToJudge(response))
}

/**
 * True where nothing was done because the client had asked for too much. Servers count requests
 * before they carry them out, and so does what stands before them.
 */
export function isRateLimited({ status }: ServerResponse): boolean {
  return status === 429
}

/** Milliseconds from `now`, of seconds or of an HTTP date; undefined where it is neither. */
export function parseRetryAfter(text: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(text)
    ? Date.parse(text)
    : NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
