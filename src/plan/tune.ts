/** `tune` steps: the version a mount is configured for. It takes effect at the next reload only. */
import type { LiveMount } from '../domain/live.ts'
import { isBuiltinVersion, type Version, versionLabel } from '../domain/names.ts'
import type { Entry, Fact, UnorderedStep } from './steps.ts'
import { entryFact } from './steps.ts'
import type { MountTarget } from './targets.ts'
import type { WayBack } from './way-back.ts'

export function mountFact(mount: LiveMount, version: Version): Fact & { fact: 'mount' } {
  return {
    fact: 'mount',
    mount: mount.path,
    namespace: mount.namespace,
    plugin: mount.plugin,
    accessor: mount.accessor,
    configured_version: version,
  }
}

/** `entry` is what is registered under the target version by then; undefined for a builtin's. */
export function tuneStep(
  target: MountTarget,
  entry: Entry | undefined,
  back: WayBack | undefined,
  group: string,
): UnorderedStep {
  const { mount, version } = target
  const before = mountFact(mount, mount.configured_version)
  const at = { mount: mount.path, namespace: mount.namespace }
  return {
    id: `tune ${mount.path}`,
    group,
    action: { kind: 'tune', ...at, version },
    requires: [
      before,
      ...(entry === undefined || isBuiltinVersion(version)
        ? []
        : [entryFact(mount.plugin, version, entry)]),
    ],
    ensures: [mountFact(mount, version)],
    undo: back === undefined ? [] : [{ kind: 'tune', ...at, version: back.version }],
    restores: back === undefined ? [] : [mountFact(mount, back.version)],
    why: `configured ${mount.configured_version === '' ? 'without a version' : `for ${mount.configured_version}`}, to run ${versionLabel(version)}`,
  }
}
