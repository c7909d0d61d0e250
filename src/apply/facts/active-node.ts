/** Finds the active node. Waits for a bounded time while the cluster chooses one. */
import { LockstepError } from '../../domain/errors.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { readNode } from '../../live/nodes.ts'
import type { Client } from '../../server/client.ts'
import type { RunContext } from '../run-context.ts'

/** `recent`: if it is missing, the nodes are asked each time. */
export type ActiveNodeContext = Pick<
  RunContext,
  'client' | 'nodes' | 'patience' | 'clock' | 'reportWait'
> &
  Partial<Pick<RunContext, 'recent'>>

export interface WaitEnd {
  /** True ends the wait before its time: what was read last is the answer. Never, if not given. */
  readonly isOver?: () => boolean
}

/** Milliseconds between two readings. */
const READ_EVERY = 250
/** Milliseconds for a node to say whether it is active. */
const ANSWER_WITHIN = 5_000

/**
 * Returns the active node: the one that `recent` knows, else whichever node says that it is active.
 * Throws a LockstepError if no node becomes active within `patience`, or before `isOver`.
 */
export async function findActive(
  run: ActiveNodeContext,
  { isOver = () => false }: WaitEnd = {},
): Promise<NodeAddress> {
  const { client, nodes, clock, recent } = run
  const known = recent?.active()
  if (known !== undefined) return known
  const began = clock()
  for (let readings = 0; ; readings += 1) {
    const start = recent?.begin()
    const active = await firstActive(client, nodes)
    if (active !== undefined) {
      if (start !== undefined) recent?.setActive(active, start)
      return active
    }
    if (clock() - began >= run.patience || isOver()) break
    if (readings === 0) {
      await run.reportWait('no node is active: waiting for the cluster to choose one')
    }
    await client.wait(READ_EVERY)
  }
  throw new LockstepError({
    code: 'no-active-node',
    message: `no node became active within ${Math.round((clock() - began) / 1000)} s`,
    hint: 'Run this again when the cluster has a leader: the run resumes.',
  })
}

/** Returns at the first answer of an active node, so that a silent node does not delay it. */
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
