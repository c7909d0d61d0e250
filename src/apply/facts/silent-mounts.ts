/**
 * Whether the mounts of a reload say themselves that they live. Asked after a refused reload: the
 * server may still list the old version and hash of a mount whose backend is gone.
 */
import type { Action } from '../../documents/plan.generated.ts'
import type { MountPath, NodeAddress } from '../../domain/names.ts'
import { askMount } from '../../live/mounts.ts'
import { findActive } from './active-node.ts'
import { type FactsContext, placed } from './wait-for-facts.ts'

export type ReloadAction = Action & { readonly kind: 'reload' }

export interface Silent {
  readonly mount: MountPath
  /** As the plan has it. */
  readonly reload: ReloadAction
  /** Where it was asked. */
  readonly node: NodeAddress
  /** What came instead of an answer of the mount's own. */
  readonly detail: string
}

/** Each mount on each node that did not answer, whatever the reason. */
export async function findSilentMounts(
  run: FactsContext,
  reloads: readonly ReloadAction[],
): Promise<readonly Silent[]> {
  if (reloads.length === 0) return []
  const active = await findActive(run)
  const asked = reloads.flatMap((reload) => {
    const { node, namespace, mounts } = placed(run, reload, active)
    return mounts.map(async (mount): Promise<Silent[]> => {
      const { answers, detail } = await askMount(run.client, node, { path: mount, namespace })
      return answers === 'yes' ? [] : [{ mount, reload, node, detail: detail ?? 'no answer' }]
    })
  })
  return (await Promise.all(asked)).flat()
}

/** One line. */
export function describeSilent({ mount, node, detail }: Silent): string {
  return `${mount} on ${node}: was not seen to answer (${detail})`
}
