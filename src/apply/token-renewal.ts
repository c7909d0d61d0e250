/**
 * Keeps the token of a run alive: renews it after half its time, as long as the server allows it.
 * Never logs in again, and never fails a run: the next request reports a token that has ended.
 */
import type { NodeAddress } from '../domain/names.ts'
import { renewedLife, tokenLife } from '../server/answers/cluster.ts'
import { decode } from '../server/answers/shape.ts'
import type { Client } from '../server/client.ts'
import { readOwnToken, renewToken } from '../server/requests.ts'

export interface TokenRequests {
  readonly client: Client
  /** Finds the node to ask; called for each request. */
  readonly node: () => Promise<NodeAddress>
}

export interface TokenKeeperOptions extends TokenRequests {
  /** Calls back every so many milliseconds until the returned function is called. */
  readonly every: (milliseconds: number, callback: () => void) => () => void
}

/** Milliseconds: the shortest pause between two renewals, and the longest that a timer can have. */
const SHORTEST = 500
const LONGEST = 24 * 3_600_000

/** Returns the function that stops the renewals. */
export async function keepToken(options: TokenKeeperOptions): Promise<() => void> {
  let stop: () => void = () => undefined
  let ended = false
  const schedule = (ttl: number): void => {
    if (ended) return
    stop = options.every(pauseBeforeRenewal(ttl), () => {
      stop()
      void renewOnce(options).then((next) => {
        // If the renewal failed, the next one comes after half of the time that is left.
        if (next !== 'never') schedule(next ?? ttl / 2)
      })
    })
  }
  const ttl = await readRenewableLife(options)
  if (typeof ttl === 'number') schedule(ttl)
  return () => {
    ended = true
    stop()
  }
}

/** Milliseconds until a token with so many seconds left is renewed. */
export function pauseBeforeRenewal(ttl: number): number {
  return Math.min(Math.max((ttl * 1000) / 2, SHORTEST), LONGEST)
}

/**
 * Seconds left of a token that can be renewed; `never` for any other, and for one that may not be
 * looked up; undefined if the server did not say.
 */
export async function readRenewableLife({
  client,
  node,
}: TokenRequests): Promise<number | undefined | 'never'> {
  try {
    const answer = await client.ask(await node(), readOwnToken())
    // A token whose policies lack `default` may not read itself.
    if (answer.status === 403) return 'never'
    const life = decode(tokenLife, answer.body)
    if (answer.status !== 200 || life.kind === 'odd') return undefined
    const { renewable, ttl } = life.value
    return renewable && ttl > 0 ? ttl : 'never'
  } catch {
    return undefined
  }
}

/** Seconds left after a renewal; undefined if it failed; `never` if the server refuses renewals. */
export async function renewOnce({
  client,
  node,
}: TokenRequests): Promise<number | undefined | 'never'> {
  try {
    const outcome = await client.write(await node(), renewToken())
    if (outcome.kind === 'lost') return undefined
    const { status, body } = outcome.response
    if (status === 400 || status === 403) return 'never'
    const ttl = decode(renewedLife, body)
    return status === 200 && ttl.kind === 'documented' && ttl.value > 0 ? ttl.value : undefined
  } catch {
    return undefined
  }
}
