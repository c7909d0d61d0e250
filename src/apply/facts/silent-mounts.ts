/**
 * Finds the mounts of a reload that do not answer. Needed after a refused reload: the server may
 * still list the old version and hash of a mount whose backend is gone.
 */
import type { Action } from '../../documents/plan.generated.ts'
import type { MountPath, NodeAddress } from '../../domain/names.ts'
import { askMount } from '../../live/mounts.ts'
import type { RunContext } from '../run-context.ts'
import { findActive } from './active-node.ts'
import { onCurrentNode } from './wait-for-facts.ts'

export type ReloadAction = Action & { readonly kind: 'reload' }

export interface SilentMount {
  readonly mount: MountPath
  /** As the plan has it; `node` may be another one now. */
  readonly reload: ReloadAction
  /** Where it was asked. */
  readonly node: NodeAddress
  /** What came instead of the mount's own answer. */
  readonly detail: string
}

/** Returns each mount on each node that did not answer, whatever the reason. */
export async function findSilentMounts(
  run: RunContext,
  reloads: readonly ReloadAction[],
): Promise<readonly SilentMount[]> {
  if (reloads.length === 0) return []
  const active = await findActive(run)
  const asked = reloads.flatMap((reload) => {
    const { node, namespace, mounts } = onCurrentNode(run, reload, active)
    return mounts.map(async (mount): Promise<SilentMount[]> => {
      const { answers, detail } = await askMount(run.client, node, { path: mount, namespace })
      return answers === 'yes' ? [] : [{ mount, reload, node, detail: detail ?? 'no answer' }]
    })
  })
  return (await Promise.all(asked)).flat()
}

/** One line. */
export function describeSilent({ mount, node, detail }: SilentMount): string {
  return `${mount} on ${node}: was not seen to answer (${detail})`
}
