/**
 * Sends a tune again if a node still shows an older setting than the active node. A standby of
 * OpenBao 2.7.2 that restarts between a tune and its reload can keep the older version until the
 * same tune is sent again; a standby that was just unsealed lists the mounts of a namespace only a
 * while later. A reload before the node shows the new setting would start the older version again.
 */
import type { Action, Step } from '../documents/plan.generated.ts'
import type { Mismatch } from '../documents/run-outcome.ts'
import { waitForFacts } from './facts/wait-for-facts.ts'
import type { RunContext } from './run-context.ts'
import { sendAction } from './send-action.ts'
import { describeMismatch, isOneNodesOwn, isUnseen } from './facts/mismatch.ts'

const SETTINGS: ReadonlySet<Mismatch['field']> = new Set<Mismatch['field']>([
  'plugin_version',
  'mount',
  'entry',
  'sha256',
  'command',
  'args',
])

/** True if the node answers and shows a setting of which it may have missed a change. */
export function isBehind(mismatch: Mismatch): boolean {
  return isOneNodesOwn(mismatch.fact) && !isUnseen(mismatch) && SETTINGS.has(mismatch.field)
}

/**
 * Returns the step's requirements that are unmet after the tunes were sent again. `broken`: those that
 * were unmet before. A tune is sent only if the active node has that version already: it changes nothing
 * but what the node shows.
 */
export async function retuneNodes(
  run: RunContext,
  step: Step,
  broken: readonly Mismatch[],
): Promise<readonly Mismatch[]> {
  if (broken.length === 0 || !broken.every(isBehind) || !run.stop.mayBegin()) return broken
  for (const [tune, mismatch] of tunesFor(broken)) {
    await run.recorder.waiting(`${describeMismatch(mismatch)}: the same tune is sent once more`)
    await sendAction(run, tune, [mismatch.fact])
  }
  return waitForFacts(run, step.requires, {
    seenWithin: run.patience,
    isOver: () => !run.stop.mayBegin(),
  })
}

/** Returns a tune for each mount that was tuned to a version. A version cannot be cleared. */
function tunesFor(broken: readonly Mismatch[]): (readonly [Action, Mismatch])[] {
  const tunes = new Map<string, readonly [Action, Mismatch]>()
  for (const mismatch of broken) {
    const { fact, field } = mismatch
    if (fact.fact !== 'mount' || field !== 'plugin_version') continue
    const { mount, namespace, configured_version: version } = fact
    if (version !== '') tunes.set(mount, [{ kind: 'tune', mount, namespace, version }, mismatch])
  }
  return [...tunes.values()]
}
