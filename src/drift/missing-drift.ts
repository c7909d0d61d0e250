/**
 * Mounts and connections that the file names and that are not there, or are another plugin's.
 * Silent where the place could not be read: then nobody knows.
 */
import type { Difference } from '../documents/drift.generated.ts'
import type { DesiredMount, DesiredPlugin } from '../domain/desired.ts'
import { hidingPlaces } from '../domain/hidden-places.ts'
import type { NamedInFile, Targets } from '../plan/targets.ts'
import { type Comparison, writtenAt } from './comparison.ts'

export function findMissing(
  plugin: DesiredPlugin,
  targets: Targets,
  said: NamedInFile,
  comparison: Comparison,
): Difference[] {
  const fresh = new Set(targets.newMounts.map(({ desired }) => desired.path))
  const known = new Set(comparison.index.connectionsOf(plugin.id).map(({ path }) => path))
  return [
    ...said.mounts.flatMap((mount) => missingMount(mount, fresh.has(mount.path), comparison)),
    ...said.connections
      .filter(({ path }) => !known.has(path) && hidingPlaces(path, comparison.live).length === 0)
      .map((connection): Difference => ({
        class: 'mount-missing',
        subject: connection.path,
        plugin: plugin.id,
        desired: `a connection of ${plugin.id}`,
        found: 'none of this plugin',
        cause: 'the file names it, and no connection of this plugin has the path',
        fix: 'create it, or take it out of the file',
        ...writtenAt(connection.source),
      })),
  ]
}

function missingMount(
  mount: DesiredMount,
  canBeEnabled: boolean,
  { index, live, apply }: Comparison,
): Difference[] {
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
        cause: 'another plugin is mounted there, and a mount never changes its plugin',
        fix: 'correct the path or the plugin in the file; nothing is ever unmounted',
      },
    ]
  }
  return [
    {
      ...common,
      found: 'nothing',
      cause: mount.enable
        ? 'nothing is mounted there'
        : 'nothing is mounted there, and the file does not say to enable it',
      fix: canBeEnabled
        ? apply
        : mount.enable
          ? `say what it is to \`use\`, then ${apply}`
          : `mount it, or say \`enable: true\`, or take it out of the file; then ${apply}`,
    },
  ]
}
