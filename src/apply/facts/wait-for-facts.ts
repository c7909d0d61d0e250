/**
 * Looks at facts until they hold, for a bounded time, with the roles read anew after each wait: what
 * one node was told reaches the others a moment later, and a node that is away may come back.
 */
import type { Action, CheckAction, Fact } from '../../documents/plan.generated.ts'
import type { NodeAddress } from '../../domain/names.ts'
import type { Mismatch } from '../../documents/run-outcome.ts'
import { doubtsToken, refusal } from '../../server/faults.ts'
import { readOwnToken } from '../../server/requests.ts'
import { findActive, type WaitLimits } from './active-node.ts'
import { findMismatches, type LookOptions } from './read-facts.ts'
import { describeMismatch, isUnseen } from './mismatch.ts'

/** Milliseconds that what was written may take to be seen on a node that answers. */
const SEEN_WITHIN = 15_000
const LOOK_EVERY = 100

export interface FactsContext extends WaitLimits {
  /** True where what a plan says of one node is meant of the active one, whichever that is by now. */
  readonly followsActive: boolean
}

/** On the node it is meant of now. */
export function placed<Of extends Fact | Action | CheckAction>(
  { followsActive }: Pick<FactsContext, 'followsActive'>,
  of: Of,
  active: NodeAddress,
): Of {
  return followsActive && 'node' in of ? { ...of, node: active } : of
}

/**
 * One look, with what does not hold looked at once more if another node is active by now. Throws a
 * LockstepError if no node is active in time, or the token is no longer good.
 */
export async function readMismatches(
  run: FactsContext,
  facts: readonly Fact[],
): Promise<Mismatch[]> {
  const before = run.recent?.active()
  const broken = await readOnce(run, facts)
  if (broken.length === 0 || before === undefined) return broken
  run.recent?.drop()
  return (await findActive(run)) === before ? broken : readOnce(run, facts)
}

/** One look, at the node that was active when it was last asked for. Throws as `readMismatches`. */
export async function readOnce(
  run: FactsContext,
  facts: readonly Fact[],
  options?: LookOptions,
): Promise<Mismatch[]> {
  if (facts.length === 0) return []
  const active = await findActive(run)
  const reader = { client: run.client, active, nodes: run.nodes }
  const asked = new Map(facts.map((fact) => [placed(run, fact, active), fact]))
  const broken = await findMismatches(reader, [...asked.keys()], options)
  // A token that ended in the middle looks like a hundred things that do not hold.
  if (broken.some(({ state }) => state === 'denied')) await assertTokenLives(run, active)
  return broken.map((mismatch) => ({
    ...mismatch,
    fact: asked.get(mismatch.fact) ?? mismatch.fact,
  }))
}

/** The mismatches of the last look. `seenWithin`: milliseconds for what answers to come round. */
export async function untilTheyHold(
  run: FactsContext,
  facts: readonly Fact[],
  seenWithin = SEEN_WITHIN,
): Promise<Mismatch[]> {
  const began = run.clock()
  let toldOf: string | undefined
  for (;;) {
    const broken = await readMismatches(run, facts)
    const away = broken.find(isUnseen)
    const waited = run.clock() - began
    if (broken.every(({ state }) => state === 'final')) return broken
    if (waited >= (away === undefined ? seenWithin : run.patience) || run.interrupted()) {
      return broken
    }
    // A second or so is the ordinary course of a change of leader.
    if (away !== undefined && waited > 1000 && toldOf !== away.subject) {
      toldOf = away.subject
      await run.waiting(`waiting: ${describeMismatch(away)}`)
    }
    await run.client.wait(LOOK_EVERY)
    run.recent?.drop()
  }
}

/** Throws a LockstepError (exit 8) where the server no longer takes the token. */
export async function assertTokenLives(
  { client }: Pick<WaitLimits, 'client'>,
  node: NodeAddress,
): Promise<void> {
  const request = readOwnToken()
  const answer = await client.ask(node, request)
  // A token that lives may lack the right to look itself up.
  if (!doubtsToken(answer)) return
  throw refusal(node, request, answer)
}
