/** What a plan's cluster says of its standbys. */
import type { Plan } from './plan.generated.ts'

/**
 * True where the standbys run no plugins and send such requests to the active node (every Vault
 * standby; OpenBao’s with `disable_standby_reads`): what a plan does and finds on a node is then
 * meant of the active one, whichever that is.
 */
export function onlyActiveRuns({
  nodes,
}: {
  readonly nodes: readonly Pick<Plan['cluster']['nodes'][number], 'role' | 'state'>[]
}): boolean {
  const standbys = nodes.filter(({ role }) => role !== 'active')
  return (
    standbys.some(({ state }) => state === 'forwarding') &&
    standbys.every(({ state }) => state !== 'serving' && state !== 'not-ready')
  )
}
