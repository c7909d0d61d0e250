/**
 * Whether the mounts of a reload say themselves that they live. Asked after a refused reload: the
 * server may still list the old version and hash of a mount whose backend is gone.
 */
import type { Action } from '../documents/plan.generated.ts'
import { askMount } from '../live/mounts.ts'
import type { Client } from '../server/client.ts'

export type ReloadAction = Action & { readonly kind: 'reload' }

/** One line for each mount on each node that did not answer, whatever the reason. */
export async function notSeenToAnswer(
  client: Client,
  reloads: readonly ReloadAction[],
): Promise<readonly string[]> {
  const asked = reloads.flatMap(({ node, namespace, mounts }) =>
    mounts.map(async (path) => {
      const { answers, detail } = await askMount(client, node, { path, namespace })
      return answers === 'yes'
        ? []
        : `${path} on ${node}: was not seen to answer (${detail ?? 'no answer'})`
    }),
  )
  return (await Promise.all(asked)).flat()
}
