/** Reads from a plan whether standbys run plugins. */
import type { Plan } from './plan.generated.ts'

/**
 * True if the standbys run no plugins and forward such requests to the active node (every Vault
 * standby; OpenBao’s with `disable_standby_reads`). A plan's steps and checks on a node then apply
 * to the active node, whichever node that is.
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
