/** Which node is active now. Waits a bounded time while the cluster is choosing one. */
import { LockstepError } from '../domain/errors.ts'
import type { NodeAddress } from '../domain/names.ts'
import { readNode } from '../live/nodes.ts'
import type { Client } from '../server/client.ts'

/** Milliseconds: an election takes seconds; a cluster without a leader for longer needs a person. */
const CHOSEN_WITHIN = 60_000
const LOOK_EVERY = 500

/** Throws a LockstepError when no node became active in time. `waiting` is told once. */
export async function findActive(
  client: Client,
  nodes: readonly NodeAddress[],
  waiting: (reason: string) => Promise<void>,
): Promise<NodeAddress> {
  for (let waited = 0; waited <= CHOSEN_WITHIN; waited += LOOK_EVERY) {
    const reports = await Promise.all(nodes.map((node) => readNode(client, node)))
    const active = reports.find(({ node }) => node.role === 'active')
    if (active !== undefined) return active.node.address
    if (waited === 0) await waiting('no node is active: waiting for the cluster to choose one')
    await client.wait(LOOK_EVERY)
  }
  throw new LockstepError({
    code: 'no-active-node',
    message: `no node became active within ${CHOSEN_WITHIN / 1000} s`,
    hint: 'Run apply again when the cluster has a leader: it goes on from what it finds.',
  })
}
