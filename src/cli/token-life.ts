/** Warns where the token ends before a run may be done: the run would stop in the middle (exit 8). */
import type { JsonObject } from '../domain/exchange.ts'
import type { Plan } from '../documents/plan.generated.ts'
import { LockstepError } from '../domain/errors.ts'
import { line } from '../domain/printable.ts'
import { dataOf, decode } from '../server/answers/shape.ts'
import { readOwnToken } from '../server/requests.ts'
import type { Host } from './host/host.ts'
import type { Context } from '../operations/context.ts'

/** Seconds that a step takes on a cluster that is slow to tell its nodes of a change. */
const PER_STEP = 5

export interface TokenLifeQuestion {
  readonly plan: Plan
  readonly session: Pick<Context, 'client' | 'address'>
  readonly host: Host
  /** Seconds. */
  readonly soak?: number
}

/** One line to stderr; nothing where the token lives long enough, or nobody says how long. */
export async function warnOfTokenLife(question: TokenLifeQuestion): Promise<void> {
  const { plan, session, host, soak = 0 } = question
  if (plan.steps.length === 0) return
  const life = await readLife(session, host.now().getTime() / 1000)
  const needed = secondsNeeded(plan, soak)
  if (life === undefined || life >= needed) return
  host.err(
    line`Warning: the token lives ${String(Math.floor(life))} s more, and the run may take ${String(needed)} s. Log in again first: a run whose token ends stops in the middle (exit 8).`,
  )
}

async function readLife(
  { client, address }: TokenLifeQuestion['session'],
  now: number,
): Promise<number | undefined> {
  try {
    const told = decode(dataOf, (await client.ask(address, readOwnToken())).body)
    return told.kind === 'odd' ? undefined : secondsOfLife(told.value, now)
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return undefined
  }
}

/**
 * Seconds for which a token can live from `now` (seconds since the epoch), as `auth/token/lookup-self`
 * has it; undefined of one without an end. A run renews one that can be renewed, up to its
 * `explicit_max_ttl`.
 */
export function secondsOfLife(
  { ttl, renewable, creation_time, explicit_max_ttl }: JsonObject,
  now: number,
): number | undefined {
  if (typeof ttl !== 'number' || ttl <= 0) return undefined
  if (renewable !== true) return ttl
  if (typeof explicit_max_ttl !== 'number' || explicit_max_ttl <= 0) return undefined
  return typeof creation_time === 'number' ? creation_time + explicit_max_ttl - now : undefined
}

/** Whole seconds that a run of the plan may take. `soak`: seconds after each reload. */
export function secondsNeeded({ steps }: Pick<Plan, 'steps'>, soak: number): number {
  const soaked = steps.filter(({ action }) => action.kind === 'reload' || action.kind === 'check')
  return Math.ceil(steps.length * PER_STEP + soaked.length * soak)
}
