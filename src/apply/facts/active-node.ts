/** Which node is active now. Waits a bounded time while the cluster is choosing one. */
import { LockstepError } from '../../domain/errors.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { readNode } from '../../live/nodes.ts'
import type { Client } from '../../server/client.ts'
import type { RecentFacts } from './recent-facts.ts'

/** How long a run bears a cluster that is moving, and how it is told to give up. */
export interface WaitLimits {
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
  /** What was seen a moment ago and is not asked again; absent: everything is asked each time. */
  readonly recent?: RecentFacts
}

const LOOK_EVERY = 250
/** Milliseconds for a node to say whether it is active. */
const ANSWER_WITHIN = 5_000

/**
 * The node that was active when it was last asked for; asked anew once something was unexpected.
 * Throws a LockstepError when no node became active in time.
 */
export async function findActive(run: WaitLimits): Promise<NodeAddress> {
  const { client, nodes, clock, recent } = run
  const known = recent?.active()
  if (known !== undefined) return known
  const began = clock()
  for (let looks = 0; ; looks += 1) {
    const active = await firstActive(client, nodes)
    if (active !== undefined) {
      recent?.setActive(active)
      return active
    }
    if (clock() - began >= run.patience || run.interrupted()) break
    if (looks === 0) await run.waiting('no node is active: waiting for the cluster to choose one')
    await client.wait(LOOK_EVERY)
  }
  throw new LockstepError({
    code: 'no-active-node',
    message: `no node became active within ${Math.round((clock() - began) / 1000)} s`,
    hint: 'Run this again when the cluster has a leader: the run resumes.',
  })
}

/** As soon as one says so: a node that does not answer at all must not hold up the others. */
async function firstActive(
  client: Client,
  nodes: readonly NodeAddress[],
): Promise<NodeAddress | undefined> {
  const asked = nodes.map(async (address) => {
    const { node } = await readNode(client, address, AbortSignal.timeout(ANSWER_WITHIN))
    return node.role === 'active' ? address : Promise.reject(new Error('not the active node'))
  })
  return Promise.any(asked).catch(() => undefined)
}
