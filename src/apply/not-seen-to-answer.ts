/**
 * Whether the mounts of a reload say themselves that they live. Asked after a refused reload: the
 * server may still list the old version and hash of a mount whose backend is gone.
 */
import type { Action } from '../documents/plan.generated.ts'
import { askMount } from '../live/mounts.ts'
import { findActive } from './active-node.ts'
import { type Looking, placed } from './await-facts.ts'

export type ReloadAction = Action & { readonly kind: 'reload' }

/** One line for each mount on each node that did not answer, whatever the reason. */
export async function notSeenToAnswer(
  run: Looking,
  reloads: readonly ReloadAction[],
): Promise<readonly string[]> {
  if (reloads.length === 0) return []
  const active = await findActive(run)
  const asked = reloads.flatMap((reload) => {
    const { node, namespace, mounts } = placed(run, reload, active)
    return mounts.map(async (path) => {
      const { answers, detail } = await askMount(run.client, node, { path, namespace })
      return answers === 'yes'
        ? []
        : `${path} on ${node}: was not seen to answer (${detail ?? 'no answer'})`
    })
  })
  return (await Promise.all(asked)).flat()
}
