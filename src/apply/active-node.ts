/** Which node is active now. Waits a bounded time while the cluster is choosing one. */
import { LockstepError } from '../domain/errors.ts'
import type { NodeAddress } from '../domain/names.ts'
import { readNode } from '../live/nodes.ts'
import type { Client } from '../server/client.ts'

/** How long a run bears a cluster that is moving, and how it is told to give up. */
export interface Patience {
  readonly client: Client
  /** Each node's own address. */
  readonly nodes: readonly NodeAddress[]
  /** Milliseconds to wait for a leader, or for a node that is away. */
  readonly patience: number
  /** A clock for durations only, in milliseconds. */
  readonly clock: () => number
  /** Told why, once a wait. */
  readonly waiting: (reason: string) => Promise<void>
  /** True once nobody wants to wait any longer. */
  readonly interrupted: () => boolean
}

const LOOK_EVERY = 250

/** Throws a LockstepError when no node became active in time. */
export async function findActive(run: Patience): Promise<NodeAddress> {
  const { client, nodes, clock } = run
  const began = clock()
  for (let looks = 0; ; looks += 1) {
    const reports = await Promise.all(nodes.map((node) => readNode(client, node)))
    const active = reports.find(({ node }) => node.role === 'active')
    if (active !== undefined) return active.node.address
    if (clock() - began >= run.patience || run.interrupted()) break
    if (looks === 0) await run.waiting('no node is active: waiting for the cluster to choose one')
    await client.wait(LOOK_EVERY)
  }
  throw new LockstepError({
    code: 'no-active-node',
    message: `no node became active within ${Math.round((clock() - began) / 1000)} s`,
    hint: 'Run apply again when the cluster has a leader: it goes on from what it finds.',
  })
}
