/**
 * What a plan file says is to be done and no server shows to be done: its reloads for other
 * arguments or environment, and its checks. Another machine may have carried out a part of the file
 * and be the only one with a record. So what has no record here is done again: a reload and a check
 * do no harm twice. Pure.
 */
import type { Plan } from '../../documents/plan.generated.ts'
import { onlyActiveRuns } from '../../documents/standbys.ts'
import type { LiveState } from '../../domain/live.ts'
import type { MountPath, NodeAddress } from '../../domain/names.ts'
import { checkKey } from '../../plan/checked.ts'
import type { Requested } from '../../plan/past.ts'

/** `reloaded`: by `checkKey`, the reloads of this file that the journals of this machine have. */
export function requestedSteps(
  file: Plan,
  live: Pick<LiveState, 'nodes'>,
  reloaded: ReadonlySet<string>,
): Requested {
  // The file's steps name the node that was active when it was made.
  const anyNode = onlyActiveRuns(live)
  const keysOf = (node: NodeAddress, mounts: readonly MountPath[]): string[] =>
    (anyNode ? live.nodes.map(({ address }) => address) : [node]).flatMap((one) =>
      mounts.map((mount) => checkKey(mount, one)),
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
