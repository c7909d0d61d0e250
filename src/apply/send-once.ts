/**
 * Carries out one action: finds the node to ask, fills in what a plan does not hold, and sends
 * the request once. The only place from which a catalog, a mount or a plugin is changed; the lock
 * and the token's renewal write what is the run's own.
 */
import type { Action, RegisterAction } from '../documents/plan.generated.ts'
import type { NodeAddress } from '../domain/names.ts'
import type { Client } from '../server/client.ts'
import {
  describeNoAnswer,
  describeAnswer,
  forwards,
  isDenied,
  asksToRetry,
} from '../server/faults.ts'
import { requestOf } from '../server/requests.ts'
import { capabilityFor, policyLine } from '../server/rights.ts'

/** `NAME=value` for each variable of a registration. */
export type EnvironmentOf = (registration: RegisterAction) => readonly string[]

export type Performed =
  | { readonly kind: 'accepted' }
  | Refused
  /** No answer of the server's own came; `notDone`: nor was it taken by what answered. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly notDone?: true }

export interface Refused {
  readonly kind: 'refused'
  readonly node: NodeAddress
  /** With the node's address. */
  readonly reason: string
  /** For want of a right or a living token, so that nothing was done. */
  readonly denied: boolean
  /** The line that a policy needs for it; absent where no right is missing. */
  readonly needs?: string
}

/**
 * Sends one action once: a reload to its own node, all else to the active one. Says what the
 * answer was, not whether what it says came true.
 */
export async function perform(
  client: Client,
  active: NodeAddress,
  action: Action,
  environmentOf: EnvironmentOf,
): Promise<Performed> {
  const env = action.kind === 'register' && action.env.length > 0 ? environmentOf(action) : []
  const node = action.kind === 'reload' ? action.node : active
  const request = requestOf(action, env)
  const outcome = await client.write(node, request)
  if (outcome.kind === 'lost') {
    return { kind: 'unknown', reason: `${node}: ${describeNoAnswer(outcome.error)}` }
  }
  const { response } = outcome
  if (response.status >= 200 && response.status < 300) return { kind: 'accepted' }
  const reason = `${node}: ${describeAnswer(response)}`
  if (forwards(response)) return { kind: 'unknown', reason, notDone: true }
  if (asksToRetry(response)) return { kind: 'unknown', reason }
  if (!isDenied(response)) return { kind: 'refused', node, reason, denied: false }
  return { kind: 'refused', node, reason, denied: true, needs: policyLine(capabilityFor(request)) }
}
