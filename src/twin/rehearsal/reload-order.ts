/**
 * Checks the order of reloads, which no state of the cluster shows: for each mount the standbys come
 * first and the active node last. There a failure hurts most, and a new version may migrate data.
 */
import type { Step } from '../../documents/plan.generated.ts'
import type { MountPath, NodeAddress } from '../../domain/names.ts'

/** By step: the mounts that it reloads on a standby although the active node was reloaded before. */
export function findLateStandbys(
  steps: readonly Step[],
  active: NodeAddress,
): ReadonlyMap<Step, readonly MountPath[]> {
  const late = new Map<Step, readonly MountPath[]>()
  const reloadedOnActive = new Set<MountPath>()
  for (const step of steps) {
    const { action } = step
    if (action.kind !== 'reload') continue
    if (action.node === active) {
      for (const mount of action.mounts) reloadedOnActive.add(mount)
      continue
    }
    const mounts = action.mounts.filter((mount) => reloadedOnActive.has(mount))
    if (mounts.length > 0) late.set(step, mounts)
  }
  return late
}
