/**
 * Mounts and connections that the file names and that do not exist, or are another plugin's.
 * If their place could not be read, they are not reported here: `unreadable.ts` reports the place.
 */
import type { FoundDifference } from './found-difference.ts'
import type { DesiredMount } from '../domain/desired.ts'
import { hidingPlaces } from '../domain/hidden-places.ts'
import type { PluginTargets } from '../plan/targets.ts'
import { type Comparison, writtenAt } from './comparison.ts'

/** The differences for mounts and connections of one plugin that do not exist. */
export function findMissing(
  { plugin, named, targets }: PluginTargets,
  comparison: Comparison,
): FoundDifference[] {
  const newMounts = new Set(targets.newMounts.map(({ desired }) => desired.path))
  const known = new Set(comparison.index.connectionsOf(plugin.id).map(({ path }) => path))
  return [
    ...named.mounts.flatMap((mount) => missingMount(mount, newMounts.has(mount.path), comparison)),
    ...named.connections
      .filter(({ path }) => !known.has(path) && hidingPlaces(path, comparison.live).length === 0)
      .map((connection): FoundDifference => ({
        class: 'mount-missing',
        subject: connection.path,
        plugin: plugin.id,
        desired: `a connection of ${plugin.id}`,
        found: 'none of this plugin',
        cause: 'the file names it, but no connection of this plugin has this path',
        fix: 'create it, or remove it from the file',
        ...writtenAt(connection.source),
      })),
  ]
}

function missingMount(
  mount: DesiredMount,
  canBeEnabled: boolean,
  { index, live, apply }: Comparison,
): FoundDifference[] {
  const found = index.mountAt(mount.path)
  if (found?.plugin === mount.plugin) return []
  if (found === undefined && hidingPlaces(mount.path, live).length > 0) return []
  const common = {
    class: 'mount-missing' as const,
    subject: mount.path,
    mount: mount.path,
    plugin: mount.plugin,
    desired: `a mount of ${mount.plugin}`,
    ...writtenAt(mount.source),
  }
  if (found !== undefined) {
    return [
      {
        ...common,
        found: `a mount of ${found.plugin}`,
        cause: 'another plugin is mounted there, and the plugin of a mount cannot be changed',
        fix: 'correct the path or the plugin in the file; Lockstep never unmounts',
      },
    ]
  }
  return [
    {
      ...common,
      found: 'nothing',
      cause: mount.enable
        ? 'nothing is mounted there'
        : 'nothing is mounted there, and the mount has no `enable: true` in the file',
      fix: canBeEnabled
        ? apply
        : mount.enable
          ? `set \`use\` for it, then ${apply}`
          : `mount it, set \`enable: true\`, or remove it from the file; then ${apply}`,
    },
  ]
}
