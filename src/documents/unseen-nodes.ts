/** Tells whether everything was read that a plan depends on. */
import type { Plan } from './plan.generated.ts'

/**
 * The nodes whose running plugins could not be read. A standby that is configured to forward runs
 * none.
 */
export function unseenNodes({ nodes }: Plan['cluster']): Plan['cluster']['nodes'] {
  return nodes.filter(({ state }) => state !== 'serving' && state !== 'forwarding')
}

/**
 * False if a node could not be read, or if something that matters to the plan could not be read.
 */
export function sawEverything({ cluster, findings }: Plan): boolean {
  return unseenNodes(cluster).length === 0 && findings.every(({ rule }) => rule !== 'unreadable')
}
