/**
 * Sends the request of one action once, with the environment values that a plan does not hold. This
 * is the only place from which a catalog, a mount or a plugin is changed. (The lock and the renewal
 * of the token also write, but only what is the run's own.)
 */
import type { Action, RegisterAction } from '../documents/plan.generated.ts'
import type { NodeAddress } from '../domain/names.ts'
import type { Client } from '../server/client.ts'
import {
  describeNoAnswer,
  describeAnswer,
  isForwarded,
  isDenied,
  asksToRetry,
} from '../server/faults.ts'
import { requestOf } from '../server/requests.ts'
import { capabilityFor, policyLine } from '../server/rights.ts'

/** `NAME=value` for each variable of a registration. */
export type EnvironmentOf = (registration: RegisterAction) => readonly string[]

export type SendOnceResult =
  | { readonly kind: 'accepted' }
  | Refused
  /** The server gave no answer of its own. `notDone`: the request was certainly not carried out. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly notDone?: true }

export interface Refused {
  readonly kind: 'refused'
  readonly node: NodeAddress
  /** With the node's address. */
  readonly reason: string
  /** True if the token has ended or lacks a right, so that nothing was done. */
  readonly denied: boolean
  /** The policy line that the token lacks, if it lacks one. */
  readonly needs?: string
}

/**
 * Sends a reload to its own node, every other action to the active node. The result says what the
 * server answered; whether the effect is there, the caller must read.
 */
export async function sendOnce(
  client: Client,
  active: NodeAddress,
  action: Action,
  environmentOf: EnvironmentOf,
): Promise<SendOnceResult> {
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
  if (isForwarded(response)) return { kind: 'unknown', reason, notDone: true }
  if (asksToRetry(response)) return { kind: 'unknown', reason }
  if (!isDenied(response)) return { kind: 'refused', node, reason, denied: false }
  return { kind: 'refused', node, reason, denied: true, needs: policyLine(capabilityFor(request)) }
}
