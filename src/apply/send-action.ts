/**
 * Sends one action. If no answer of the server came, reads whether the action was carried out before
 * the request is sent again. A refused request is never sent again.
 */
import type { Action, Fact } from '../documents/plan.generated.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { Mismatch } from '../documents/run-outcome.ts'
import { findActive } from './facts/active-node.ts'
import { isOneNodesOwn, isUnseen } from './facts/mismatch.ts'
import { recordMissingBackends } from './facts/read-only-mounts.ts'
import { onCurrentNode, waitForFacts } from './facts/wait-for-facts.ts'
import type { RunContext } from './run-context.ts'
import { type Refused, sendOnce, type SendOnceResult } from './send-once.ts'

/** How often one request is sent at most. */
const TRIES = 3
/** Milliseconds in which the effect of a lost request may show before it is sent again. */
const SEEN_WITHIN = 3_000

/** How far a request came. Kept up to date, so that it is known also if something throws. */
export interface SendProgress {
  sent: 'no' | 'maybe' | 'accepted' | 'refused'
}

export type SendResult =
  /** The server accepted the request, or its effect was seen. */
  | { readonly kind: 'accepted' }
  | Refused
  /** No answer came, and the effect was not seen. */
  | { readonly kind: 'unknown'; readonly reason: string }

export interface SendOptions {
  /** Given: says how far the request came. */
  readonly progress?: SendProgress
  /** True sends although the lock is lost. */
  readonly evenWithoutLock?: boolean
}

/**
 * `effect` is what holds once the action was carried out. Throws a LockstepError (exit 7) instead
 * of sending anything once the lock is lost.
 */
export async function sendAction(
  run: RunContext,
  action: Action,
  effect: readonly Fact[],
  { progress = { sent: 'no' }, evenWithoutLock = false }: SendOptions = {},
): Promise<SendResult> {
  for (let attempt = 1; ; attempt += 1) {
    const active = await findActive(run)
    // The lock may have ended while the run waited for a leader.
    if (!evenWithoutLock && run.stop.isLockLost()) throw lockLost()
    const current = onCurrentNode(run, action, active)
    await recordMissingBackends(run, current)
    const before = progress.sent
    progress.sent = 'maybe'
    const forget = (): void => {
      if (current.kind === 'reload') run.answers.forget(current.node)
    }
    forget()
    const result = await sendOnce(run.client, active, current, run.environmentOf)
    forget()
    progress.sent = sentBy(result, before)
    if (result.kind !== 'accepted') run.recent.drop()
    if (result.kind !== 'unknown') return result
    const broken = await waitForFacts(run, effect, { seenWithin: SEEN_WITHIN })
    if (broken.length === 0) {
      progress.sent = 'accepted'
      return { kind: 'accepted' }
    }
    if (attempt === TRIES || !broken.every(canStillBeDone)) return result
    await run.reportWait(`${result.reason}; it was not carried out, so it is sent again`)
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

function sentBy(result: SendOnceResult, before: SendProgress['sent']): SendProgress['sent'] {
  switch (result.kind) {
    case 'accepted':
      return 'accepted'
    case 'refused':
      return result.denied ? before : 'refused'
    case 'unknown':
      return result.notDone === true ? before : 'maybe'
  }
}

/** A node that never answered is not asked again. */
function canStillBeDone(mismatch: Mismatch): boolean {
  return !isUnseen(mismatch) || !isOneNodesOwn(mismatch.fact)
}
