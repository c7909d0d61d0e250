/** `enable` steps: a mount made where nothing is mounted, always with its version. Never undone. */
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

export function enableStep(
  fresh: NewMount,
  entry: SeenEntry | undefined,
  live: LiveState,
): UnorderedStep {
  const { desired, configured, version, sha256 } = fresh
  const namespace = namespaceOf(desired.path, live)
  const at = { mount: desired.path, namespace }
  // A builtin's own version is what a new mount runs without one, and servers do not keep it.
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

/** The deepest namespace a path lies in. */
export function namespaceOf(path: MountPath, live: LiveState): Namespace {
  const inside = live.namespaces.filter((namespace) => path.startsWith(namespace))
  return inside.reduce(
    (deepest, one) => (one.length > deepest.length ? one : deepest),
    ROOT_NAMESPACE,
  )
}
