/**
 * Renews a token after half of its life, again and again. Never fails: a token that has ended is
 * reported by the next request.
 */
import type { NodeAddress } from '../domain/names.ts'
import { renewedLife, tokenLife } from '../server/answers/cluster.ts'
import { decode } from '../server/answers/shape.ts'
import type { Client } from '../server/client.ts'
import { readOwnToken, renewToken } from '../server/requests.ts'

/** Calls back every so many milliseconds until the returned function is called. */
export type Every = (milliseconds: number, callback: () => void) => () => void

/** Seconds that a token lives from now; undefined if unknown; `never` if it cannot be renewed. */
export type Renewal = number | undefined | 'never'

export interface TokenRequests {
  readonly client: Pick<Client, 'ask' | 'write'>
  /** Finds the node to ask; called for each request. */
  readonly node: () => Promise<NodeAddress>
}

/** Milliseconds: the shortest pause between two renewals, and the longest that a timer can have. */
const SHORTEST = 500
const LONGEST = 24 * 3_600_000

/**
 * Calls `renew` after half of `ttl` seconds, then after half of what it returns. A renewal that
 * failed is tried again after half of the time that is left. Returns the function that stops it.
 */
export function renewAtHalf({
  ttl: first,
  renew,
  every,
}: {
  readonly ttl: number
  readonly renew: () => Promise<Renewal>
  readonly every: Every
}): () => void {
  let stop: () => void = () => undefined
  let ended = false
  const schedule = (ttl: number): void => {
    if (ended) return
    stop = every(pauseBeforeRenewal(ttl), () => {
      stop()
      void renew().then((next) => {
        if (next !== 'never') schedule(next ?? ttl / 2)
      })
    })
  }
  schedule(first)
  return () => {
    ended = true
    stop()
  }
}

/**
 * Keeps a token alive that was given, as long as the server allows it. Never logs in. Returns the
 * function that stops the renewals.
 */
export async function keepToken({
  every,
  ...requests
}: TokenRequests & { readonly every: Every }): Promise<() => void> {
  const ttl = await readRenewableLife(requests)
  if (typeof ttl !== 'number') return () => undefined
  return renewAtHalf({ ttl, every, renew: () => renewOnce(requests) })
}

/** Milliseconds until a token with so many seconds left is renewed. */
function pauseBeforeRenewal(ttl: number): number {
  return Math.min(Math.max((ttl * 1000) / 2, SHORTEST), LONGEST)
}

/** Asks how long the token of the client's requests lives. `never`, too, for one that may not ask. */
export async function readRenewableLife({ client, node }: TokenRequests): Promise<Renewal> {
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

/** Renews the token of the client's requests once. */
export async function renewOnce({ client, node }: TokenRequests): Promise<Renewal> {
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
