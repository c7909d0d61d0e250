/**
 * Makes `enable` steps: they make a mount where nothing is mounted, always with its version. They
 * are never rolled back.
 */
import type { LiveState } from '../domain/live.ts'
import {
  isBuiltinVersion,
  type MountPath,
  type Namespace,
  ROOT_NAMESPACE,
  UNVERSIONED,
} from '../domain/names.ts'
import { reloadOrder } from '../domain/live-index.ts'
import { entryFact, type SeenEntry, type UnorderedStep } from './steps.ts'
import type { NewMount } from './targets.ts'
import { labelTarget } from './tune.ts'

/** The step that makes a mount. `entry`: the entry of its version; undefined for a builtin. */
export function enableStep(
  fresh: NewMount,
  entry: SeenEntry | undefined,
  live: LiveState,
): UnorderedStep {
  const { desired, configured, version, sha256 } = fresh
  const namespace = namespaceOf(desired.path, live)
  const at = { mount: desired.path, namespace }
  // A new mount without a version runs the builtin's own version, and servers do not store that
  // version in the mount.
  const kept = isBuiltinVersion(configured) ? UNVERSIONED : configured
  return {
    id: `enable ${desired.path}`,
    group: `enable ${desired.path}`,
    action: { kind: 'enable', ...at, plugin: desired.plugin, version: configured },
    requires: [
      { fact: 'no_mount', ...at },
      ...(entry === undefined ? [] : [entryFact(desired.plugin, version, entry)]),
    ],
    ensures: [
      { fact: 'mount', ...at, plugin: desired.plugin, configured_version: kept },
      ...reloadOrder(live).map((node) => ({
        fact: 'running' as const,
        ...at,
        node: node.address,
        sha256,
      })),
    ],
    undo: [],
    restores: [],
    why: `nothing is mounted there; to run ${labelTarget(fresh)}`,
  }
}

/** The deepest namespace that contains a path. */
export function namespaceOf(path: MountPath, live: LiveState): Namespace {
  const inside = live.namespaces.filter((namespace) => path.startsWith(namespace))
  return inside.reduce(
    (deepest, namespace) => (namespace.length > deepest.length ? namespace : deepest),
    ROOT_NAMESPACE,
  )
}
