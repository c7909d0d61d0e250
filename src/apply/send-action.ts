/**
 * Gets one action carried out: sends its request, and where no answer of the server's own came,
 * looks whether it was carried out before it is sent once more. Never sends again what was refused.
 */
import type { Action, Fact } from '../documents/plan.generated.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { Mismatch } from '../documents/run-outcome.ts'
import { findActive } from './facts/active-node.ts'
import { placed, untilTheyHold } from './facts/wait-for-facts.ts'
import { isOneNodesOwn, isUnseen } from './facts/mismatch.ts'
import { type EnvironmentOf, perform, type Performed, type Refused } from './send-once.ts'
import { recordMissingBackends, type BackendsContext } from './facts/read-only-mounts.ts'

/** How often one request is sent at the most, and how long its effect is looked for in between. */
const TRIES = 3
const SEEN_WITHIN_A_TRY = 3_000

export interface Sending extends BackendsContext {
  readonly environmentOf: EnvironmentOf
  /** True once nothing may be written any more, because another run may be writing. */
  readonly lockLost: () => boolean
}

/** How far a request came, kept up to date so that it is known also when something throws. */
export interface SendProgress {
  sent: 'no' | 'maybe' | 'accepted' | 'refused'
}

export type Carried =
  /** The server took it, or it was seen to have been carried out. */
  | { readonly kind: 'accepted' }
  | Refused
  /** Sent as often as is reasonable; what holds of `effect` was looked at last. */
  | { readonly kind: 'unknown'; readonly reason: string }

/**
 * `effect` is what holds once the action was carried out. Throws a LockstepError (exit 7) instead
 * of sending anything once the lock is lost.
 */
export async function carryThrough(
  sending: Sending,
  action: Action,
  effect: readonly Fact[],
  progress: SendProgress = { sent: 'no' },
): Promise<Carried> {
  for (let attempt = 1; ; attempt += 1) {
    const active = await findActive(sending)
    // The wait for a leader may have outlasted the lock.
    if (sending.lockLost()) throw lockLost()
    const here = placed(sending, action, active)
    await recordMissingBackends(sending, here)
    const before = progress.sent
    progress.sent = 'maybe'
    const performed = await perform(sending.client, active, here, sending.environmentOf)
    progress.sent = sentBy(performed, before)
    if (performed.kind !== 'accepted') sending.recent?.drop()
    if (performed.kind !== 'unknown') return performed
    const broken = await untilTheyHold(sending, effect, SEEN_WITHIN_A_TRY)
    if (broken.length === 0) {
      progress.sent = 'accepted'
      return { kind: 'accepted' }
    }
    if (attempt === TRIES || !broken.every(canStillBeDone)) return performed
    await sending.waiting(`${performed.reason}; it was not carried out, so it is sent again`)
  }
}

export function lockLost(): LockstepError {
  return new LockstepError({
    code: 'lock-lost',
    message:
      'the lock of the cluster was released by hand or could not be renewed, so another run may hold it now',
    exitCode: EXIT.locked,
    hint: 'See who holds it with lockstep lock show, then run this again.',
  })
}

function sentBy(performed: Performed, before: SendProgress['sent']): SendProgress['sent'] {
  switch (performed.kind) {
    case 'accepted':
      return 'accepted'
    case 'refused':
      return performed.denied ? before : 'refused'
    case 'unknown':
      return performed.notDone === true ? before : 'maybe'
  }
}

/** A node that stayed away all the time is not asked once more. */
function canStillBeDone(mismatch: Mismatch): boolean {
  return !isUnseen(mismatch) || !isOneNodesOwn(mismatch.fact)
}
