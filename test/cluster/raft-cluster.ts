/**
 * Makes one Raft cluster of servers that have just been laid out. The order is what makes it quick:
 * the nodes join by request as soon as there is a leader, instead of trying now and then, and a
 * node that joined may vote at once instead of after ten seconds.
 */
import type { ClusterNode } from './cluster-node.ts'
import { waitUntil } from './wait-until.ts'

/** Starts all, and returns the root token. The cluster may still be settling. */
export async function formRaftCluster(nodes: readonly ClusterNode[]): Promise<string> {
  const [first, ...others] = nodes
  if (first === undefined) throw new RangeError('a cluster has at least one node')
  const started = others.map((node) => node.start())
  // Awaited later; until then a failure must not count as nobody's.
  for (const start of started) start.catch(() => undefined)

  await first.start()
  const { rootToken } = await first.initialise()
  await first.unseal()
  await waitUntil('the first node leads', () => first.whyNotLeading())
  await first.letJoinedNodesVoteSoon()
  await Promise.all(
    others.map(async (node, index) => {
      await started[index]
      await node.join(first)
      await node.unseal()
    }),
  )
  return rootToken
}
