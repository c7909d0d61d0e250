/**
 * Finds the mounts that no reload makes writable. One that had no backend when its Vault node was
 * unsealed or became active answers reads once it is reloaded, and refuses writes (`cannot write
 * to storage during setup`) until the node steps down or restarts: seen with 1.21.4. A reload that
 * fails leaves a backend there, so these words are of such a mount alone.
 */
import type { Action } from '../../documents/plan.generated.ts'
import type { ReadOnlyMount } from '../../documents/run-outcome.ts'
import { LockstepError } from '../../domain/errors.ts'
import {
  compareText,
  type MountPath,
  type Namespace,
  type NodeAddress,
} from '../../domain/names.ts'
import { askMount } from '../../live/mounts.ts'
import { findActive } from './active-node.ts'
import type { FactsContext } from './wait-for-facts.ts'

interface MountLocation {
  readonly node: NodeAddress
  readonly namespace: Namespace
}

/** Mounts that were seen without a backend, and where. */
export type MissingBackends = Map<MountPath, MountLocation>

export interface BackendsContext extends FactsContext {
  readonly backendless: MissingBackends
}

/** To be called before a reload is sent: afterwards nothing tells such a mount from another. */
export async function recordMissingBackends(run: BackendsContext, action: Action): Promise<void> {
  if (!run.followsActive || action.kind !== 'reload') return
  const { node, namespace, mounts } = action
  const asked = mounts.map(async (path) => {
    const { detail = '' } = await askMount(run.client, node, { path, namespace })
    if (detail.includes('backend is nil')) run.backendless.set(path, { node, namespace })
  })
  await Promise.all(asked)
}

/** Those of them that answer by now, on the node that still leads; sorted by path. */
export async function findReadOnly(run: BackendsContext): Promise<readonly ReadOnlyMount[]> {
  if (run.backendless.size === 0) return []
  const active = await activeIfAny(run)
  const asked = [...run.backendless].map(async ([mount, { node, namespace }]) => {
    if (node !== active) return []
    const { answers } = await askMount(run.client, node, { path: mount, namespace })
    return answers === 'yes' ? [{ mount, node }] : []
  })
  return (await Promise.all(asked)).flat().sort((a, b) => compareText(a.mount, b.mount))
}

async function activeIfAny(run: BackendsContext): Promise<NodeAddress | undefined> {
  try {
    return await findActive(run)
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return undefined
  }
}
