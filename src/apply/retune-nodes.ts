/**
 * Nodes that show an older setting than the active one. A standby of OpenBao 2.7.2 that restarts
 * between a tune and its reload can keep the older version until the same tune is sent once more;
 * one that was just unsealed lists the mounts of a namespace only a while later. Either comes round
 * if it is waited for; a reload before that would start the older version again.
 */
import type { Action, Step } from '../documents/plan.generated.ts'
import type { Mismatch } from '../documents/run-outcome.ts'
import { untilTheyHold } from './facts/wait-for-facts.ts'
import { carryThrough } from './send-action.ts'
import type { Checking } from './check-mounts.ts'
import { describeMismatch, isOneNodesOwn, isUnseen } from './facts/mismatch.ts'

const SETTINGS: ReadonlySet<Mismatch['field']> = new Set([
  ...(['plugin_version', 'mount', 'entry', 'sha256', 'command', 'args'] as const),
])

/** The node answers, and shows what it may have missed a change of. */
export function isBehind(mismatch: Mismatch): boolean {
  return isOneNodesOwn(mismatch.fact) && !isUnseen(mismatch) && SETTINGS.has(mismatch.field)
}

/**
 * What of `broken`, a step's unmet requirements, is still unmet once the node was waited for and
 * told again. Sends a tune only where the active node has that version already, so that it changes
 * nothing but what the node shows.
 */
export async function tuneBehind(
  run: Checking,
  step: Step,
  broken: readonly Mismatch[],
): Promise<readonly Mismatch[]> {
  if (broken.length === 0 || !broken.every(isBehind) || run.interrupted()) return broken
  for (const [tune, mismatch] of tunesFor(broken)) {
    await run.recorder.waiting(`${describeMismatch(mismatch)}: the same tune is sent once more`)
    await carryThrough(run, tune, [mismatch.fact])
  }
  return untilTheyHold(run, step.requires, run.patience)
}

/** One for each mount that was tuned to a version: none can be cleared. */
function tunesFor(broken: readonly Mismatch[]): ReadonlyMap<Action, Mismatch> {
  const tunes = new Map<string, readonly [Action, Mismatch]>()
  for (const mismatch of broken) {
    const { fact, field } = mismatch
    if (fact.fact !== 'mount' || field !== 'plugin_version') continue
    const { mount, namespace, configured_version: version } = fact
    if (version !== '') tunes.set(mount, [{ kind: 'tune', mount, namespace, version }, mismatch])
  }
  return new Map(tunes.values())
}
