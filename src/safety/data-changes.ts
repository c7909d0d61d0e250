/**
 * Finds the mounts that will run another version over their data, and from which version to which.
 * Compares hashes where it can: servers copy the version that they list from the configuration.
 */
// Imported one by one: the index of the package loads all functions.
import compare from 'semver/functions/compare.js'
import parse from 'semver/functions/parse.js'
import rsort from 'semver/functions/rsort.js'
import satisfies from 'semver/functions/satisfies.js'
import type { DesiredPlugin, DesiredVersion } from '../domain/desired.ts'
import type { LiveMount, MountOnNode } from '../domain/live.ts'
import {
  binaryName,
  BUILTIN,
  compareText,
  isBuiltinVersion,
  isHash,
  type MountPath,
  type NodeAddress,
  type RunningBinary,
  UNKNOWN_HASH,
  UNVERSIONED,
  type Version,
} from '../domain/names.ts'
import type { DraftPlan } from '../plan/make-plan.ts'
import { groupBy } from '../domain/group-by.ts'
import { type LiveIndex, runsUnder, startsUnder } from '../domain/live-index.ts'
import type { Past } from '../plan/past.ts'
import type { MountTarget } from '../plan/targets.ts'
import { oncePerDraft } from './once-per-draft.ts'
import { agree, nameSome } from './wording.ts'

/** The version before or after the change. */
export interface DataVersion {
  /** Absent if only the binary is known, or only the server's own release. */
  readonly version?: Version
  /** The version in the file. */
  readonly entry?: DesiredVersion
  /** As messages show it: `v0.21.0`, `the unversioned binary 3fb7…`. */
  readonly label: string
  /** Absent if it is unknown what ran. */
  readonly sha256?: RunningBinary
}

export interface DataChange {
  readonly plugin: DesiredPlugin
  readonly from: DataVersion
  readonly to: DataVersion
  readonly direction: 'up' | 'down' | 'unknown'
  readonly mounts: readonly MountPath[]
  readonly nodes: readonly NodeAddress[]
  /** The mounts ran `from` in an earlier run and do not run it now. */
  readonly isEarlier?: true
}

/**
 * The version changes of a plan. Mounts with the same change are one `DataChange`; a change between
 * equal versions is none.
 */
export const findDataChanges = oncePerDraft(readDataChanges)

function readDataChanges(draft: DraftPlan): readonly DataChange[] {
  const directionOf = createDirectionOf()
  return draft.targets.flatMap(({ plugin, targets }) => {
    const names = nameVersions(plugin, draft.index)
    const changes = new Map<
      string,
      Pick<DataChange, 'from' | 'to' | 'direction'> & {
        readonly mounts: Set<MountPath>
        readonly nodes: Set<NodeAddress>
      }
    >()
    for (const target of targets.mounts) {
      // If no node shows what ran, the configured version may have written data.
      const isUnknown = target.mount.nodes.every(ranNothing)
      for (const views of alikeViews(target.mount)) {
        const [view] = views
        if (runsTarget(view, target)) continue
        if (ranNothing(view) && !isUnknown) continue
        const from: DataVersion = isUnknown
          ? names.configured(target.mount)
          : { ...names.running(view), sha256: view.running_sha256 }
        const to = names.target(target)
        const direction = directionOf(from, to, () => isBack(target, from, draft.past))
        if (direction === 'none') continue
        const key = `${from.label} ${target.use.kind} ${target.version} ${direction}`
        const change = changes.get(key) ?? {
          from,
          to,
          direction,
          mounts: new Set<MountPath>(),
          nodes: new Set<NodeAddress>(),
        }
        changes.set(key, change)
        change.mounts.add(target.mount.path)
        for (const { node } of views) change.nodes.add(node)
      }
    }
    return [...changes.values()].map((change) => ({
      ...change,
      plugin,
      mounts: [...change.mounts],
      nodes: [...change.nodes],
    }))
  })
}

/** A mount's views in groups: neighbours in the list of nodes that run the same. */
function alikeViews({ nodes }: LiveMount): readonly [MountOnNode, ...MountOnNode[]][] {
  const groups: [MountOnNode, ...MountOnNode[]][] = []
  for (const view of nodes) {
    const group = groups.at(-1)
    if (group !== undefined && runsAlike(group[0], view)) group.push(view)
    else groups.push([view])
  }
  return groups
}

function runsAlike(one: MountOnNode, other: MountOnNode): boolean {
  return (
    one.running_sha256 === other.running_sha256 && one.running_version === other.running_version
  )
}

/**
 * The downgrades. A mount that ran a newer version in an earlier run of this machine has a
 * downgrade from that version, too: its data may still be there.
 */
export function findDowngrades(draft: DraftPlan): DataChange[] {
  return findDataChanges(draft)
    .filter(({ direction }) => direction === 'down')
    .flatMap((change) => [change, ...findEarlierDowngrades(change, draft)])
}

function findEarlierDowngrades(change: DataChange, { past, index }: DraftPlan): DataChange[] {
  const { plugin, from, to } = change
  const names = nameVersions(plugin, index)
  const directionOf = createDirectionOf()
  const ran = change.mounts
    .flatMap((mount) => [...(past.ran.get(mount) ?? [])].map((version) => ({ mount, version })))
    .filter(({ version }) => version !== from.version && directionOf({ version }, to) === 'down')
  return [...groupBy(ran, ({ version }) => version)]
    .sort(([a], [b]) => compareText(a, b))
    .map(([version, group]) => ({
      ...change,
      from: names.known(version),
      mounts: group.map(({ mount }) => mount),
      isEarlier: true as const,
    }))
}

/** True if a declared range includes a version. Pre-releases count like other versions. */
export function includesVersion(range: string, version: Version): boolean {
  return satisfies(version, range, { includePrerelease: true })
}

/** If the server reports no hash, only the listed version can be compared. */
function runsTarget(view: MountOnNode, { sha256, version }: MountTarget): boolean {
  if (view.running_sha256 !== sha256) return false
  return sha256 !== UNKNOWN_HASH || view.running_version === version
}

/** True if the node never started the plugin: then the node shows nothing about the data. */
function ranNothing(view: MountOnNode): boolean {
  return view.running_sha256 === UNKNOWN_HASH && view.running_version === UNVERSIONED
}

type Versioned = Pick<DataVersion, 'version'>

/**
 * Returns a function that gives the direction of a change. It compares each pair of versions once,
 * since thousands of mounts have the same change. `isBack` is called if the versions cannot be
 * compared.
 */
function createDirectionOf() {
  const orders = new Map<string, number | undefined>()
  const orderOf = (from: Versioned, to: Versioned): number | undefined => {
    const key = `${from.version ?? ''} ${to.version ?? ''}`
    if (!orders.has(key)) {
      const [a, b] = [parse(from.version), parse(to.version)]
      orders.set(key, a === null || b === null ? undefined : compare(a, b))
    }
    return orders.get(key)
  }
  return (
    from: Versioned,
    to: Versioned,
    isBack: () => boolean = () => false,
  ): DataChange['direction'] | 'none' => {
    const order = orderOf(from, to)
    if (order === undefined) return isBack() ? 'down' : 'unknown'
    return order < 0 ? 'up' : order > 0 ? 'down' : 'none'
  }
}

/** True if the journals of this machine show that the target is older: a run replaced it. */
function isBack({ mount, version, sha256 }: MountTarget, from: DataVersion, past: Past): boolean {
  const ran = [...(past.ran.get(mount.path) ?? [])].map(orUnversioned)
  return (
    isBefore((past.unversioned.get(mount.plugin) ?? []).filter(isKnown), sha256, from.sha256) ||
    isBefore(ran, orUnversioned(version), orUnversioned(from.version ?? UNVERSIONED))
  )
}

function isKnown(binary: RunningBinary): boolean {
  return binary !== UNKNOWN_HASH
}

/**
 * A mount runs the builtin without a version, or with the builtin's own version: both count as one.
 */
function orUnversioned(version: Version): Version {
  return isBuiltinVersion(version) ? UNVERSIONED : version
}

function isBefore<Item>(order: readonly Item[], older: Item, newer: Item | undefined): boolean {
  if (newer === undefined) return false
  const position = order.indexOf(older)
  return position >= 0 && order.indexOf(newer) > position
}

function nameVersions(plugin: DesiredPlugin, index: LiveIndex) {
  const inFile = new Map(plugin.versions.map((entry) => [entry.version, entry]))
  const versioned = [...index.externals(plugin.id), ...plugin.versions].filter(
    ({ version, sha256 }) => version !== UNVERSIONED && isHash(sha256),
  )
  const byHash = groupBy(versioned, ({ sha256 }) => sha256)
  const unversioned = inFile.get(UNVERSIONED)

  const known = (version: Version): DataVersion => {
    const entry = inFile.get(version)
    return { version, ...(entry !== undefined && { entry }), label: version }
  }
  const compiledIn = (version: Version): DataVersion => ({
    ...(isPluginsOwn(version) && { version }),
    label: version === UNVERSIONED ? 'the compiled-in plugin' : `the compiled-in ${version}`,
  })
  const binary = (sha256: RunningBinary): DataVersion => {
    const version = highest((byHash.get(sha256) ?? []).map(({ version }) => version))
    const entry = unversioned?.sha256 === sha256 ? unversioned : undefined
    if (version !== undefined) return { ...(entry !== undefined && { entry }), ...known(version) }
    return {
      ...(entry !== undefined && { entry }),
      label: `the unversioned binary ${binaryName(sha256)}`,
    }
  }
  return {
    known,
    running(view: MountOnNode): DataVersion {
      const { running_sha256: sha256, running_version: version } = view
      if (sha256 === BUILTIN) return compiledIn(version)
      const registered = byHash.get(sha256)
      // If no entry with this hash is left, only the copied version is known.
      const copied =
        registered === undefined
          ? version !== UNVERSIONED
          : registered.some((entry) => entry.version === version)
      return copied ? known(version) : binary(sha256)
    },
    configured({ configured_version }: LiveMount): DataVersion {
      const version = startsUnder(index, plugin.id, configured_version) ?? UNVERSIONED
      if (isBuiltinVersion(version)) return compiledIn(version)
      if (version !== UNVERSIONED) return known(version)
      const sha256 = runsUnder(index, plugin.id, UNVERSIONED) ?? BUILTIN
      return sha256 === BUILTIN ? compiledIn(UNVERSIONED) : binary(sha256)
    },
    target({ use, version, sha256 }: MountTarget): DataVersion {
      if (use.kind === 'version' || use.kind === 'latest') return known(version)
      if (use.kind === 'unversioned') return binary(sha256)
      return compiledIn(index.builtinVersion(plugin.id) ?? version)
    },
  }
}

/**
 * `v0.25.0+builtin` is a version of the plugin; `v2.7.2+builtin.bao` is a version of the server.
 */
function isPluginsOwn(version: Version): boolean {
  return version.endsWith('+builtin')
}

/** If one binary has several versions, the highest is the strictest for a downgrade. */
function highest(versions: readonly Version[]): Version | undefined {
  return rsort([...versions])[0]
}

/** `a/ and b/ change from secret/my-kv v1.0.0 to v1.1.0`. */
export function describeDataChange({ plugin, from, to, mounts, isEarlier }: DataChange): string {
  const change = agree(mounts.length, 'changes', 'change')
  if (isEarlier === true) {
    return `${nameSome(mounts)} ran ${plugin.id} ${from.label} in an earlier run and ${change} to ${to.label}`
  }
  return `${nameSome(mounts)} ${change} from ${plugin.id} ${from.label} to ${to.label}`
}
