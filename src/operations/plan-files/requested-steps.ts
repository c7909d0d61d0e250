/**
 * Finds the requests of a plan file whose effect no server shows: reloads for other arguments or
 * environment, and checks. Another machine may have applied a part of the file and have the only
 * record of that. So each reload that has no record here is repeated, and each check is requested:
 * the planner leaves out those with a record. To reload or check twice does no harm. Pure.
 */
import type { Plan } from '../../documents/plan.generated.ts'
import { onlyActiveRuns } from '../../documents/standbys.ts'
import type { LiveState } from '../../domain/live.ts'
import type { MountPath, NodeAddress } from '../../domain/names.ts'
import { checkKey } from '../../plan/checked.ts'
import type { Requested } from '../../plan/past.ts'

/**
 * The reloads and checks to repeat. `reloaded`: the reloads of this file that the journals of this
 * machine record, by `checkKey`.
 */
export function requestedSteps(
  file: Plan,
  live: Pick<LiveState, 'nodes'>,
  reloaded: ReadonlySet<string>,
): Requested {
  // The steps of the file name the node that was active when the file was made.
  const anyNode = onlyActiveRuns(live)
  const keysOf = (node: NodeAddress, mounts: readonly MountPath[]): string[] =>
    (anyNode ? live.nodes.map(({ address }) => address) : [node]).flatMap((address) =>
      mounts.map((mount) => checkKey(mount, address)),
    )
  const reloads = file.steps.flatMap(({ action, unobservable = [] }) =>
    action.kind === 'reload' ? keysOf(action.node, unobservable) : [],
  )
  const checks = file.steps.flatMap(({ action }) =>
    action.kind === 'reload' || action.kind === 'check' ? keysOf(action.node, action.mounts) : [],
  )
  return {
    reloads: new Set(reloads.filter((key) => !reloaded.has(key))),
    checks: new Set(checks),
  }
}
