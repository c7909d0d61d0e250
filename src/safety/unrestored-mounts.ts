/** Finds mounts that a reload may take down and that no rollback starts again. */
import type { Step } from '../documents/plan.generated.ts'
import type { LiveIndex } from '../domain/live-index.ts'
import type { MountPath, NodeAddress } from '../domain/names.ts'

/**
 * The mounts of a reload step that its rollback does not start again on its node. A mount that is
 * down there already is left out: it cannot be lost.
 */
export function findUnrestoredMounts(step: Step, index: LiveIndex): readonly MountPath[] {
  const { action, restores } = step
  if (action.kind !== 'reload') return []
  // Nearly always the rollback starts every mount again, in the order of the request.
  let inOrder = 0
  for (const fact of restores) {
    if (fact.fact === 'running' && fact.mount === action.mounts[inOrder]) inOrder += 1
  }
  if (inOrder === action.mounts.length) return []
  const restored = new Set(restores.flatMap((fact) => (fact.fact === 'running' ? fact.mount : [])))
  return action.mounts.filter((mount) => !restored.has(mount) && isUp(index, mount, action.node))
}

/** True if the mount is up on this node, or on any node if none is given. */
export function isUp(index: LiveIndex, path: MountPath, node?: NodeAddress): boolean {
  const views = index.mountAt(path)?.nodes ?? []
  return views.some((view) => view.answers !== 'no' && (node ?? view.node) === view.node)
}
