/**
 * Finds the target of each mount and connection: the version to configure and the binary that must
 * run. If no request leads there, says why.
 */
import { groupBy } from '../domain/group-by.ts'
import { isOverridable } from '../domain/overridable.ts'
import type {
  DesiredConnection,
  DesiredMount,
  DesiredPlugin,
  DesiredState,
  Source,
  Use,
  Verification,
} from '../domain/desired.ts'
import type { LiveConnection, LiveMount } from '../domain/live.ts'
import {
  type RunningBinary,
  type ConfiguredVersion,
  type ConnectionPath,
  type MountPath,
  type PluginId,
  type Version,
} from '../domain/names.ts'
import type { LiveIndex } from '../domain/live-index.ts'
import { findUseTarget, findNewMountTarget, type UnreachableUse } from './use-targets.ts'

/** The state in which the plan leaves an existing mount. */
export interface MountTarget {
  readonly mount: LiveMount
  readonly canary: boolean
  readonly verify: readonly Verification[]
  readonly use: Use
  /** The version to configure. `''` leaves the mount without a version. */
  readonly configured: ConfiguredVersion
  /** The version that a reload then starts: the highest one if `configured` is `latest`. */
  readonly version: Version
  /** The binary that must run. */
  readonly sha256: RunningBinary
}

export interface NewMount {
  readonly desired: DesiredMount
  readonly configured: ConfiguredVersion
  readonly version: Version
  readonly sha256: RunningBinary
}

export interface ConnectionTarget {
  readonly connection: LiveConnection
  readonly version: Version
}

/** Something that the file asks for and no request can do. Each becomes a finding. */
export type Impossible =
  | {
      readonly kind: 'mount-type-change'
      readonly mount: MountPath
      readonly plugin: PluginId
      readonly found: PluginId
      readonly source: Source
    }
  | { readonly kind: 'mount-absent'; readonly path: string; readonly source: Source }
  | { readonly kind: 'not-overridable'; readonly plugin: PluginId; readonly source: Source }
  | ImpossibleUse

/** Mounts or connections whose `use` no request leads to. */
export interface ImpossibleUse {
  readonly kind: UnreachableUse
  readonly plugin: PluginId
  readonly mounts: readonly MountPath[]
  readonly connections: readonly ConnectionPath[]
  readonly source: Source
}

export interface Targets {
  readonly mounts: readonly MountTarget[]
  readonly newMounts: readonly NewMount[]
  readonly connections: readonly ConnectionTarget[]
  readonly impossible: readonly Impossible[]
}

/** The mounts and connections of one plugin that the file names. */
export interface NamedInFile {
  readonly mounts: readonly DesiredMount[]
  readonly connections: readonly DesiredConnection[]
}

/** One plugin of the file with its targets. */
export interface PluginTargets {
  readonly plugin: DesiredPlugin
  readonly named: NamedInFile
  readonly targets: Targets
}

/** The targets of all plugins, in the file's sorted order. */
export function findAllTargets(desired: DesiredState, index: LiveIndex): PluginTargets[] {
  const mounts = groupBy(desired.mounts, (mount) => mount.plugin)
  const connections = groupBy(desired.connections, (connection) => connection.plugin)
  return desired.plugins.map((plugin) => {
    const named = {
      mounts: mounts.get(plugin.id) ?? [],
      connections: connections.get(plugin.id) ?? [],
    }
    return { plugin, named, targets: findTargets(plugin, named, index) }
  })
}

const OVERRIDING: ReadonlySet<Use['kind'] | undefined> = new Set(['version', 'latest'])

/** The targets of one plugin's mounts and connections. */
function findTargets(plugin: DesiredPlugin, named: NamedInFile, index: LiveIndex): Targets {
  const overrides = plugin.versions.length > 0 || OVERRIDING.has(plugin.use?.value.kind)
  if (!isOverridable(plugin.id) && overrides) {
    return {
      mounts: [],
      newMounts: [],
      connections: [],
      impossible: [{ kind: 'not-overridable', plugin: plugin.id, source: plugin.source }],
    }
  }
  const mounts = findMounts(plugin, named.mounts, index)
  const newMounts = findNewMounts(plugin, named.mounts, index)
  const connections = findConnections(plugin, named.connections, index)
  const unreached = [...mounts.unreached, ...newMounts.unreached, ...connections.unreached]
  return {
    mounts: mounts.targets,
    newMounts: newMounts.targets,
    connections: connections.targets,
    impossible: [...newMounts.impossible, ...connections.impossible, ...mergeByKind(unreached)],
  }
}

interface FoundTargets<Target> {
  readonly targets: readonly Target[]
  /** Each has one path. */
  readonly unreached: readonly ImpossibleUse[]
  readonly impossible: readonly Impossible[]
}

/** The targets of existing mounts, named in the file or not. */
function findMounts(
  plugin: DesiredPlugin,
  named: readonly DesiredMount[],
  index: LiveIndex,
): FoundTargets<MountTarget> {
  const byPath = new Map(named.map((mount) => [mount.path, mount]))
  const targets: MountTarget[] = []
  const unreached: ImpossibleUse[] = []
  for (const mount of index.mountsOf(plugin.id)) {
    const desired = byPath.get(mount.path)
    const use = desired?.use ?? plugin.use
    if (use === undefined) continue
    const end = findUseTarget(use.value, plugin, mount.configured_version, index)
    const { canary = false, verify = [] } = desired ?? {}
    if (typeof end === 'string') unreached.push(unreachedMount(end, plugin, mount, use))
    else targets.push({ mount, canary, verify, use: use.value, ...end })
  }
  return { targets, unreached, impossible: [] }
}

/** The targets of mounts that the file names and that do not exist. */
function findNewMounts(
  plugin: DesiredPlugin,
  named: readonly DesiredMount[],
  index: LiveIndex,
): FoundTargets<NewMount> {
  const targets: NewMount[] = []
  const unreached: ImpossibleUse[] = []
  const impossible: Impossible[] = []
  for (const desired of named) {
    const { path, source, enable } = desired
    const existing = index.mountAt(path)
    if (existing !== undefined) {
      if (existing.plugin === plugin.id) continue
      const change = { mount: path, plugin: plugin.id, found: existing.plugin, source }
      impossible.push({ kind: 'mount-type-change', ...change })
      continue
    }
    // It is unknown whether the mount exists: the rule `unreadable` names the path.
    if (index.isHidden(path)) continue
    if (!enable) {
      impossible.push({ kind: 'mount-absent', path, source })
      continue
    }
    const use = desired.use ?? plugin.use
    if (use === undefined) continue
    const end = findNewMountTarget(use.value, plugin, index)
    if (typeof end === 'string') unreached.push(unreachedMount(end, plugin, desired, use))
    else targets.push({ desired, ...end })
  }
  return { targets, unreached, impossible }
}

function unreachedMount(
  kind: UnreachableUse,
  plugin: DesiredPlugin,
  { path }: { readonly path: MountPath },
  { source }: { readonly source: Source },
): ImpossibleUse {
  return { kind, plugin: plugin.id, mounts: [path], connections: [], source }
}

function findConnections(
  plugin: DesiredPlugin,
  named: readonly DesiredConnection[],
  index: LiveIndex,
): FoundTargets<ConnectionTarget> {
  const byPath = new Map(named.map((connection) => [connection.path, connection]))
  const live = index.connectionsOf(plugin.id)
  const targets: ConnectionTarget[] = []
  const unreached: ImpossibleUse[] = []
  for (const connection of live) {
    const use = byPath.get(connection.path)?.use ?? plugin.use
    if (use === undefined) continue
    const end = findUseTarget(use.value, plugin, connection.version, index)
    if (typeof end === 'string') {
      const [connections, { source }] = [[connection.path], use]
      unreached.push({ kind: end, plugin: plugin.id, mounts: [], connections, source })
    } else targets.push({ connection, version: end.version })
  }
  const impossible = named
    .filter(({ path }) => !live.some((connection) => connection.path === path))
    .filter(({ path }) => !index.isHidden(path))
    .map(({ path, source }) => ({ kind: 'mount-absent' as const, path, source }))
  return { targets, unreached, impossible }
}

/** One `ImpossibleUse` for each kind, with the paths of all. */
function mergeByKind(unreached: readonly ImpossibleUse[]): ImpossibleUse[] {
  return [...groupBy(unreached, ({ kind }) => kind).values()].flatMap((group) =>
    group.slice(0, 1).map((first) => ({
      ...first,
      mounts: group.flatMap(({ mounts }) => mounts),
      connections: group.flatMap(({ connections }) => connections),
    })),
  )
}
