/**
 * Finds the mounts that no reload makes writable. If a mount had no backend when its Vault node was
 * unsealed or became active, a reload makes it answer reads, but it refuses writes (`cannot write
 * to storage during setup`) until the node steps down or restarts (seen with Vault 1.21.4). A failed
 * reload leaves a backend, so only such a mount says `backend is nil`.
 */
import type { Action } from '../../documents/plan.generated.ts'
import type { ReadOnlyMount } from '../../documents/run-outcome.ts'
import { LockstepError } from '../../domain/errors.ts'
import { compareText, type NodeAddress } from '../../domain/names.ts'
import { askMount } from '../../live/mounts.ts'
import type { RunContext } from '../run-context.ts'
import { findActive } from './active-node.ts'

/** To be called before a reload is sent: afterwards such a mount looks like any other. */
export async function recordMissingBackends(run: RunContext, action: Action): Promise<void> {
  if (!run.followsActive || action.kind !== 'reload') return
  const { node, namespace, mounts } = action
  const asked = mounts.map(async (path) => {
    const { detail = '' } = await askMount(run.client, node, { path, namespace })
    if (detail.includes('backend is nil')) run.missingBackends.set(path, { node, namespace })
  })
  await Promise.all(asked)
}

/** Returns the recorded mounts that answer now on a node that is still active, sorted by path. */
export async function findReadOnly(run: RunContext): Promise<readonly ReadOnlyMount[]> {
  if (run.missingBackends.size === 0) return []
  const active = await activeIfAny(run)
  const asked = [...run.missingBackends].map(async ([mount, { node, namespace }]) => {
    if (node !== active) return []
    const { answers } = await askMount(run.client, node, { path: mount, namespace })
    return answers === 'yes' ? [{ mount, node }] : []
  })
  return (await Promise.all(asked)).flat().sort((a, b) => compareText(a.mount, b.mount))
}

async function activeIfAny(run: RunContext): Promise<NodeAddress | undefined> {
  try {
    return await findActive(run, { isOver: run.stop.mustStop })
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return undefined
  }
}
