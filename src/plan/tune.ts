/**
 * Makes `tune` steps: they set the version that a mount is configured for. A node starts it at the
 * next reload.
 */
import { mayDoubleNamespaces } from '../domain/doubled-namespaces.ts'
import type { LiveMount, LiveState } from '../domain/live.ts'
import {
  type ConfiguredVersion,
  isBuiltinVersion,
  LATEST,
  type NodeAddress,
  UNVERSIONED,
  versionLabel,
} from '../domain/names.ts'
import { entryFact, type Fact, type SeenEntry, type UnorderedStep } from './steps.ts'
import type { MountTarget } from './targets.ts'
import type { RollbackTarget } from './rollback-target.ts'

/** The fact that a mount is configured for `version`. */
export function mountFact(mount: LiveMount, version: ConfiguredVersion): Fact & { fact: 'mount' } {
  return {
    fact: 'mount',
    mount: mount.path,
    namespace: mount.namespace,
    plugin: mount.plugin,
    accessor: mount.accessor,
    configured_version: version,
  }
}

/** The fact of a mount in a node's own view. */
export function mountFactOn(
  node: NodeAddress,
  mount: LiveMount,
  version: ConfiguredVersion,
): Fact & { fact: 'mount' } {
  return {
    fact: 'mount',
    mount: mount.path,
    namespace: mount.namespace,
    plugin: mount.plugin,
    accessor: mount.accessor,
    configured_version: version,
    node,
  }
}

export interface Tuning {
  /** The entry under the target version when the tune is sent. Undefined for a builtin. */
  readonly entry: SeenEntry | undefined
  readonly back: RollbackTarget | undefined
  readonly group: string
  readonly live: LiveState
}

/** The step that tunes a mount to its target. Its rollback tunes the mount to `back`. */
export function tuneStep(target: MountTarget, { entry, back, group, live }: Tuning): UnorderedStep {
  const { mount, configured } = target
  const at = { mount: mount.path, namespace: mount.namespace }
  return {
    id: `tune ${mount.path}`,
    group,
    action: { kind: 'tune', ...at, version: configured },
    requires: [
      ...requiredBy(target, entry),
      ...([configured, back?.configured ?? configured].some(isBuiltinVersion)
        ? requireNoNamespaces(live)
        : []),
    ],
    ensures: [mountFact(mount, configured)],
    undo: back === undefined ? [] : [{ kind: 'tune', ...at, version: back.configured }],
    restores: back === undefined ? [] : [mountFact(mount, back.configured)],
    why: `configured ${mount.configured_version === '' ? 'without a version' : `for ${mount.configured_version}`}, to run ${labelTarget(target)}`,
  }
}

/**
 * A builtin's version is safe only on a cluster without namespaces (OpenBao). With namespaces, the
 * rule `builtin-version-with-namespaces` blocks the plan.
 */
function requireNoNamespaces(live: LiveState): Fact[] {
  const hasNone = live.product === 'openbao' && !mayDoubleNamespaces(live)
  return hasNone ? [{ fact: 'no_namespaces' }] : []
}

/**
 * The nodes that still list an older version for a mount than the active node. A standby of OpenBao
 * that was down during a tune and came back can keep the old version (2.7.2). It starts that
 * version at a reload, until the same tune is sent again.
 */
export function nodesBehind({ mount, configured }: MountTarget): readonly NodeAddress[] {
  if (configured === UNVERSIONED || mount.configured_version !== configured) return []
  return mount.nodes.flatMap(({ node, configured_version }) =>
    configured_version === configured ? [] : node,
  )
}

/**
 * Sends the same tune again, for nodes that still list an older version. The step changes nothing
 * that a rollback would undo, so it is a separate group.
 */
export function retuneStep(
  target: MountTarget,
  entry: SeenEntry | undefined,
  behind: readonly NodeAddress[],
): UnorderedStep {
  const { mount, configured } = target
  const id = `tune ${mount.path} again`
  const after = mountFact(mount, configured)
  return {
    id,
    group: id,
    action: { kind: 'tune', mount: mount.path, namespace: mount.namespace, version: configured },
    requires: requiredBy(target, entry),
    ensures: [after, ...behind.map((node) => mountFactOn(node, mount, configured))],
    undo: [],
    restores: [],
    why: `another version still on ${behind.join(', ')}; the same tune once more reaches it`,
  }
}

/**
 * Tunes a mount from the version that it runs to `latest`, which now means the same version. So no
 * reload is needed.
 */
export function tuneToLatestStep(
  { mount, version }: MountTarget,
  entry: SeenEntry | undefined,
): UnorderedStep {
  const id = `tune ${mount.path} to ${LATEST}`
  const at = { kind: 'tune' as const, mount: mount.path, namespace: mount.namespace }
  const before = mountFact(mount, version)
  return {
    id,
    group: id,
    action: { ...at, version: LATEST },
    requires: [before, ...(entry === undefined ? [] : [entryFact(mount.plugin, version, entry)])],
    ensures: [mountFact(mount, LATEST)],
    undo: [{ ...at, version }],
    restores: [before],
    why: `configured for ${version}, which is the highest registered version from now on`,
  }
}

/** `v0.21.0`, `latest (v0.21.0)`. */
export function labelTarget({ configured, version }: Pick<MountTarget, 'configured' | 'version'>) {
  return configured === LATEST ? `${LATEST} (${version})` : versionLabel(version)
}

function requiredBy({ mount, version }: MountTarget, entry: SeenEntry | undefined): Fact[] {
  return [
    mountFact(mount, mount.configured_version),
    ...(entry === undefined || isBuiltinVersion(version)
      ? []
      : [entryFact(mount.plugin, version, entry)]),
  ]
}
