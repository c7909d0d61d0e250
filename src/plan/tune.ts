/** `tune` steps: the version a mount is configured for. It takes effect at the next reload only. */
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

export interface Tuning {
  /** What is registered under the target version by then; undefined for a builtin's. */
  readonly entry: SeenEntry | undefined
  readonly back: RollbackTarget | undefined
  readonly group: string
  readonly live: LiveState
}

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
        ? harmlessOn(live)
        : []),
    ],
    ensures: [mountFact(mount, configured)],
    undo: back === undefined ? [] : [{ kind: 'tune', ...at, version: back.configured }],
    restores: back === undefined ? [] : [mountFact(mount, back.configured)],
    why: `configured ${mount.configured_version === '' ? 'without a version' : `for ${mount.configured_version}`}, to run ${labelTarget(target)}`,
  }
}

/** What makes a builtin's version harmless: where it is not, a rule says so. */
function harmlessOn(live: LiveState): Fact[] {
  const hasNone = live.product === 'openbao' && !mayDoubleNamespaces(live)
  return hasNone ? [{ fact: 'no_namespaces' }] : []
}

/**
 * The nodes whose own word for a mount's version is older than the active node's. A standby of
 * OpenBao that was down during a tune and came back can keep the version from before (2.7.2): it
 * starts that at a reload, until the same tune is sent once more.
 */
export function nodesBehind({ mount, configured }: MountTarget): readonly NodeAddress[] {
  if (configured === UNVERSIONED || mount.configured_version !== configured) return []
  return mount.nodes.flatMap(({ node, configured_version }) =>
    configured_version === configured ? [] : node,
  )
}

/**
 * The same tune once more, for nodes that have not heard of it. It changes nothing that could be
 * taken back, so it is a group of its own.
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
    ensures: [after, ...behind.map((node) => ({ ...after, node }))],
    undo: [],
    restores: [],
    why: `another version still on ${behind.join(', ')}; the same tune once more reaches it`,
  }
}

/** From the version that a mount runs to `latest`, which is that version: nothing is reloaded. */
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
