/** Whether a plan was made from all that there is. */
import type { Plan } from './plan.generated.ts'

/** The nodes of which nobody knows what they run. A standby that is configured to forward runs nothing. */
export function unseenNodes({ nodes }: Plan['cluster']): Plan['cluster']['nodes'] {
  return nodes.filter(({ state }) => state !== 'serving' && state !== 'forwarding')
}

/** False where a node was not seen, or where something that matters to the plan could not be read. */
export function sawEverything({ cluster, findings }: Plan): boolean {
  return unseenNodes(cluster).length === 0 && findings.every(({ rule }) => rule !== 'unreadable')
}
