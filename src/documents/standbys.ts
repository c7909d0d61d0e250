/** What a plan's cluster says of its standbys. */
import type { Plan } from './plan.generated.ts'

/**
 * True where no standby runs plugins, as on a Vault whose standbys send such requests to the active
 * node: what a plan does and finds on a node is then meant of the active one, whichever that is.
 */
export function onlyActiveRuns({ product, nodes }: Plan['cluster']): boolean {
  return (
    product === 'vault' &&
    nodes.every(({ role, state }) => role === 'active' || state !== 'serving')
  )
}
