/**
 * The differences of the mounts of one plugin: what each is configured for, and what each node
 * runs for it. If the plugin has no `use`, what runs is compared with what is configured.
 */
import type { FoundDifference } from './found-difference.ts'
import type { MountPath } from '../domain/names.ts'
import type { ImpossibleUse, PluginTargets, Targets } from '../plan/targets.ts'
import type { ComparedMount } from './compared-mount.ts'
import type { Comparison } from './comparison.ts'
import { findConfigurationDrift, findMissedTunes } from './configuration-drift.ts'
import { findRunningDrift } from './running-drift.ts'
import { findUnreloaded } from './unreloaded-drift.ts'

/** The differences of the existing mounts of one plugin. */
export function findMountDrift(
  { plugin, named, targets }: PluginTargets,
  comparison: Comparison,
): FoundDifference[] {
  const byName = new Map(named.mounts.map((mount) => [mount.path, mount]))
  const byPath = new Map(targets.mounts.map((target) => [target.mount.path, target]))
  const impossible = impossibleByMount(targets)
  return comparison.index.mountsOf(plugin.id).flatMap((mount) => {
    const compared: ComparedMount = {
      mount,
      plugin,
      use: byName.get(mount.path)?.use ?? plugin.use,
      target: byPath.get(mount.path),
      impossible: impossible.get(mount.path),
    }
    const configuration = findConfigurationDrift(compared, comparison)
    const running = findRunningDrift(compared, configuration !== undefined, comparison)
    return [
      ...(configuration === undefined ? [] : [configuration]),
      ...findMissedTunes(compared, comparison),
      ...running,
      ...findUnreloaded(compared, comparison),
    ]
  })
}

function impossibleByMount(targets: Targets): ReadonlyMap<MountPath, ImpossibleUse['kind']> {
  return new Map(
    targets.impossible.flatMap((use) =>
      'mounts' in use ? use.mounts.map((mount) => [mount, use.kind] as const) : [],
    ),
  )
}
