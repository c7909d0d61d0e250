/**
 * Warns if the token expires before the run may end: the run would then stop in the middle (exit
 * 8).
 */
import type { JsonObject } from '../domain/exchange.ts'
import type { Plan } from '../documents/plan.generated.ts'
import { LockstepError } from '../domain/errors.ts'
import { line } from '../domain/printable.ts'
import { dataOf, decode } from '../server/answers/shape.ts'
import { readOwnToken } from '../server/requests.ts'
import type { Host } from './host/host.ts'
import type { Context } from '../operations/context.ts'

/** Seconds for a step on a cluster whose nodes see a change late. */
const PER_STEP = 5

export interface TokenLifeQuestion {
  readonly plan: Plan
  readonly session: Pick<Context, 'client' | 'address' | 'login'>
  readonly host: Host
  /** Seconds to watch each reloaded mount; 0 if not given. */
  readonly soak?: number
}

/**
 * Prints a line on stderr if the token may expire during the run. Prints nothing if its life is
 * unknown.
 */
export async function warnOfTokenLife(question: TokenLifeQuestion): Promise<void> {
  const { plan, session, host, soak = 0 } = question
  // The token of a login is replaced before it ends.
  if (plan.steps.length === 0 || session.login !== undefined) return
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
    const token = decode(dataOf, (await client.ask(address, readOwnToken())).body)
    return token.kind === 'odd' ? undefined : secondsOfLife(token.value, now)
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return undefined
  }
}

/**
 * The seconds that a token can live from `now` (seconds since the epoch), by the answer of
 * `auth/token/lookup-self`. Undefined if the token does not expire during a run: a run renews a
 * renewable token, up to its `explicit_max_ttl`.
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

/** The whole seconds that a run of the plan may take. `soak`: seconds after each reload. */
export function secondsNeeded({ steps }: Pick<Plan, 'steps'>, soak: number): number {
  const soaked = steps.filter(({ action }) => action.kind === 'reload' || action.kind === 'check')
  return Math.ceil(steps.length * PER_STEP + soaked.length * soak)
}
