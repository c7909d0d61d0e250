/** Brings a plan file to the addresses that the nodes of the cluster have now. Pure. */
import type { Plan } from '../../documents/plan.generated.ts'
import type { LiveState } from '../../domain/live.ts'
import { findAddresses, renameNodes } from '../../domain/node-identity.ts'

/**
 * The plan file with today's addresses in its steps: a node that came back at another address is
 * the same node. Only for the comparison with the plan made now, which has its addresses from the
 * cluster: nothing is sent to an address because a file has it.
 */
export function withCurrentAddresses(file: Plan, { nodes }: Pick<LiveState, 'nodes'>): Plan {
  const addresses = findAddresses(file.cluster.nodes, nodes)
  if (addresses.size === 0) return file
  return {
    ...file,
    cluster: {
      ...file.cluster,
      nodes: file.cluster.nodes.map((node) => ({
        ...node,
        address: addresses.get(node.address) ?? node.address,
      })),
    },
    steps: renameNodes(file.steps, addresses),
  }
}
