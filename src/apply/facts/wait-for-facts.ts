/**
 * Reads facts until they hold, for a bounded time. A change that one node accepted reaches the
 * others a moment later, and a node that does not answer may come back; so the active node is asked
 * for again after each wait.
 */
import type { Action, CheckAction, Fact } from '../../documents/plan.generated.ts'
import type { NodeAddress } from '../../domain/names.ts'
import type { Mismatch } from '../../documents/run-outcome.ts'
import { mayBeUnknownToken, refusalError } from '../../server/faults.ts'
import { readOwnToken } from '../../server/requests.ts'
import type { RunContext } from '../run-context.ts'
import { findActive, type WaitEnd } from './active-node.ts'
import { findMismatches, type LookOptions } from './read-facts.ts'
import { describeMismatch, isUnseen } from './mismatch.ts'
import { RECENT } from './recent-facts.ts'

/** Milliseconds that a change may take to reach a node that answers. */
const SEEN_WITHIN = 15_000
/**
 * Milliseconds between the first readings, and between all others. Measured on OpenBao 2.7.2: a
 * standby hears of most writes within 20 ms, and of some only after 200 ms.
 */
const FIRST_PAUSES = [20, 40, 80] as const
const READ_EVERY = 100

/** Returns the fact or action of the node that it concerns now: if only the active node runs plugins, that one. */
export function onCurrentNode<Of extends Fact | Action | CheckAction>(
  { followsActive }: Pick<RunContext, 'followsActive'>,
  of: Of,
  active: NodeAddress,
): Of {
  return followsActive && 'node' in of ? { ...of, node: active } : of
}

/**
 * Reads the facts once, and once more if some do not hold and another node has become active. Throws
 * a LockstepError if no node becomes active in time, or the server no longer accepts the token.
 */
export async function readMismatches(
  run: RunContext,
  facts: readonly Fact[],
  end?: WaitEnd,
): Promise<Mismatch[]> {
  const before = run.recent.active()
  const broken = await readOnce(run, facts, end)
  if (broken.length === 0 || before === undefined) return broken
  run.recent.drop()
  return (await findActive(run, end)) === before ? broken : readOnce(run, facts, end)
}

/**
 * Reads the facts once, through the node that was active last. Facts of the cluster that hold are
 * recent from then on. Throws as `readMismatches`.
 */
export async function readOnce(
  run: RunContext,
  facts: readonly Fact[],
  options: Partial<LookOptions> & WaitEnd = {},
): Promise<Mismatch[]> {
  if (facts.length === 0) return []
  const active = await findActive(run, options)
  const start = run.recent.begin()
  const asked = new Map(facts.map((fact) => [onCurrentNode(run, fact, active), fact]))
  const broken = await findMismatches({ ...run, active }, [...asked.keys()], {
    brief: options.brief ?? false,
  })
  // If the token ended meanwhile, every fact seems not to hold.
  if (broken.some(({ state }) => state === 'denied')) await assertTokenLives(run, active)
  const mismatches = broken.map((mismatch) => ({
    ...mismatch,
    fact: asked.get(mismatch.fact) ?? mismatch.fact,
  }))
  const unmet = new Set(mismatches.map(({ fact }) => fact))
  run.recent.add(
    facts.filter((fact) => !unmet.has(fact)),
    start,
  )
  return mismatches
}

/** A reading of facts. */
export interface FactsReading {
  /** When it began, in milliseconds on the clock of the run. */
  readonly since: number
  /** The node that was active then. */
  readonly active: NodeAddress
  /** The facts that did not hold or were not read. */
  readonly open: readonly Fact[]
}

export interface FactsWait extends WaitEnd {
  /** Milliseconds that a node that answers is given to show the facts; 15,000 if not given. */
  readonly seenWithin?: number
  /** A reading that was made a moment ago: only its open facts are read at first. */
  readonly before?: FactsReading
}

/**
 * Reads the facts until all of them hold, and returns those that did not hold in the last reading.
 * Reads only those again that did not hold; and all of them once more if the others may have changed
 * meanwhile, because the wait was longer than a fact is recent or another node became active. A node
 * that does not answer is waited for as long as `patience` says. Throws as `readMismatches`.
 */
export async function waitForFacts(
  run: RunContext,
  facts: readonly Fact[],
  { seenWithin = SEEN_WITHIN, before, ...end }: FactsWait = {},
): Promise<Mismatch[]> {
  const began = run.clock()
  let whole: Pick<FactsReading, 'since' | 'active'> | undefined = before
  let open = before?.open ?? facts
  let reported: string | undefined
  for (const pause of pauses()) {
    const since = run.clock()
    let broken = await readMismatches(run, open, end)
    if (whole === undefined) whole = { since, active: await findActive(run, end) }
    else if (broken.length === 0 && !(await isCurrent(run, whole, end))) {
      whole = undefined
      broken = await readMismatches(run, facts, end)
    }
    const away = broken.find(isUnseen)
    const waited = run.clock() - began
    if (broken.every(({ state }) => state === 'final')) return broken
    const isTimeUp = waited >= (away === undefined ? seenWithin : run.patience)
    if (isTimeUp || end.isOver?.() === true) return broken
    // A change of leader usually takes about a second: that is not worth a report.
    if (away !== undefined && waited > 1000 && reported !== away.subject) {
      reported = away.subject
      await run.reportWait(`waiting: ${describeMismatch(away)}`)
    }
    await run.client.wait(pause)
    run.recent.drop()
    open = whole === undefined ? facts : broken.map(({ fact }) => fact)
  }
  return []
}

/** Without end. */
function* pauses(): Generator<number> {
  yield* FIRST_PAUSES
  for (;;) yield READ_EVERY
}

/** True if the facts that held in the reading still count as read. */
async function isCurrent(
  run: RunContext,
  { since, active }: Pick<FactsReading, 'since' | 'active'>,
  end: WaitEnd,
): Promise<boolean> {
  return run.clock() - since <= RECENT && (await findActive(run, end)) === active
}

/** Throws a LockstepError (exit 8) if the server no longer accepts the token. */
export async function assertTokenLives(
  { client }: Pick<RunContext, 'client'>,
  node: NodeAddress,
): Promise<void> {
  const request = readOwnToken()
  const answer = await client.ask(node, request)
  // A valid token may lack the right to look itself up: then the answer proves nothing.
  if (!mayBeUnknownToken(answer)) return
  throw refusalError(node, request, answer)
}
