/**
 * What each mount and connection should come to: the version it is to be tuned to and the binary
 * it is to run. Where the servers leave no way there, says so instead.
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
  type ConnectionPath,
  type MountPath,
  NO_SHA256,
  type PluginId,
  type Sha256,
  UNVERSIONED,
  type Version,
} from '../domain/names.ts'
import { unreachable } from '../domain/errors.ts'
import type { LiveIndex } from '../domain/live-index.ts'

/** Where a mount is to get to. */
export interface MountTarget {
  readonly mount: LiveMount
  readonly canary: boolean
  readonly verify: readonly Verification[]
  readonly use: Use
  /** What it is to be tuned to; `''` leaves it without a version. */
  readonly version: Version
  /** What is to run; `''` for the compiled-in plugin. */
  readonly sha256: Sha256
}

export interface NewMount {
  readonly desired: DesiredMount
  readonly version: Version
  readonly sha256: Sha256
}

export interface ConnectionTarget {
  readonly connection: LiveConnection
  readonly version: Version
}

/** Something the file asks for that no request can bring about. Each becomes a finding. */
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

/** Mounts or connections whose `use` the servers have no way to. */
export interface ImpossibleUse {
  readonly kind: 'unversioned-unreachable' | 'override-stands' | 'builtin-unknown'
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

/** What the file says of one plugin's mounts and connections by name. */
export interface Said {
  readonly mounts: readonly DesiredMount[]
  readonly connections: readonly DesiredConnection[]
}

/** One plugin of the file with what it asks of the live state. */
export interface PluginTargets {
  readonly plugin: DesiredPlugin
  readonly said: Said
  readonly targets: Targets
}

/** What every plugin's mounts and connections are to come to, in the file's sorted order. */
export function findAllTargets(desired: DesiredState, index: LiveIndex): PluginTargets[] {
  const mounts = groupBy(desired.mounts, (mount) => mount.plugin)
  const connections = groupBy(desired.connections, (connection) => connection.plugin)
  return desired.plugins.map((plugin) => {
    const said = {
      mounts: mounts.get(plugin.id) ?? [],
      connections: connections.get(plugin.id) ?? [],
    }
    return { plugin, said, targets: findTargets(plugin, said, index) }
  })
}

/** The targets of one plugin's mounts and connections. */
function findTargets(plugin: DesiredPlugin, said: Said, index: LiveIndex): Targets {
  const byPath = new Map(said.mounts.map((mount) => [mount.path, mount]))
  const impossible: Impossible[] = []
  const mounts: MountTarget[] = []
  const unreached: ImpossibleUse[] = []

  const overrides = plugin.versions.length > 0 || plugin.use?.value.kind === 'version'
  if (!isOverridable(plugin.id) && overrides) {
    return {
      ...{ mounts: [], newMounts: [], connections: [] },
      impossible: [{ kind: 'not-overridable', plugin: plugin.id, source: plugin.source }],
    }
  }
  for (const mount of index.mountsOf(plugin.id)) {
    const own = byPath.get(mount.path)
    const use = own?.use ?? plugin.use
    if (use === undefined) continue
    const end = endOf(use.value, plugin, mount.configured_version, index)
    if (typeof end === 'string') {
      const { source } = use
      unreached.push({
        kind: end,
        plugin: plugin.id,
        mounts: [mount.path],
        connections: [],
        source,
      })
    } else {
      const { canary = false, verify = [] } = own ?? {}
      mounts.push({ mount, canary, verify, use: use.value, ...end })
    }
  }
  const newMounts: NewMount[] = []
  for (const mount of said.mounts) {
    const found = index.mountAt(mount.path)
    if (found !== undefined && found.plugin !== plugin.id) {
      impossible.push({
        kind: 'mount-type-change',
        mount: mount.path,
        plugin: plugin.id,
        found: found.plugin,
        source: mount.source,
      })
    } else if (found === undefined && !mount.enable) {
      impossible.push({ kind: 'mount-absent', path: mount.path, source: mount.source })
    } else if (found === undefined) {
      const use = mount.use ?? plugin.use
      const end = use === undefined ? undefined : freshEnd(use.value, plugin, index)
      if (end !== undefined) newMounts.push({ desired: mount, ...end })
      else if (use?.value.kind === 'builtin') {
        unreached.push({
          kind: 'builtin-unknown',
          plugin: plugin.id,
          mounts: [mount.path],
          connections: [],
          source: use.source,
        })
      }
    }
  }
  const connections = findConnections(plugin, said.connections, index)
  return {
    mounts,
    newMounts,
    connections: connections.targets,
    impossible: [
      ...impossible,
      ...connections.absent,
      ...joined([...unreached, ...connections.unreached]),
    ],
  }
}

/** One for each kind, with the paths of all. */
function joined(unreached: readonly ImpossibleUse[]): ImpossibleUse[] {
  return [...groupBy(unreached, ({ kind }) => kind).values()].flatMap((group) =>
    group.slice(0, 1).map((first) => ({
      ...first,
      mounts: group.flatMap(({ mounts }) => mounts),
      connections: group.flatMap(({ connections }) => connections),
    })),
  )
}

interface End {
  readonly version: Version
  readonly sha256: Sha256
}

/** The end of a mount or connection that is there, and `configured` for a version or for none. */
function endOf(
  use: Use,
  plugin: DesiredPlugin,
  configured: Version,
  index: LiveIndex,
): End | ImpossibleUse['kind'] {
  switch (use.kind) {
    case 'version':
      return { version: use.version, sha256: desiredSha256(plugin, use.version) }
    case 'unversioned':
      // A version, once set, cannot be cleared: `""` is refused as no semantic version.
      return configured === UNVERSIONED
        ? { version: UNVERSIONED, sha256: desiredSha256(plugin, UNVERSIONED) }
        : 'unversioned-unreachable'
    case 'builtin': {
      if (standsUnretired(plugin, index)) return 'override-stands'
      if (configured === UNVERSIONED) {
        return { version: UNVERSIONED, sha256: NO_SHA256 }
      }
      const version = index.builtinVersion(plugin.id)
      return version === undefined ? 'builtin-unknown' : { version, sha256: NO_SHA256 }
    }
    default:
      return unreachable(use)
  }
}

/** A mount that is not there yet. Always with its version where there is one to say. */
function freshEnd(use: Use, plugin: DesiredPlugin, index: LiveIndex): End | undefined {
  switch (use.kind) {
    case 'version':
      return { version: use.version, sha256: desiredSha256(plugin, use.version) }
    case 'unversioned':
      return { version: UNVERSIONED, sha256: desiredSha256(plugin, UNVERSIONED) }
    case 'builtin': {
      // Without a version it would take the highest registered one.
      const registered = index.externals(plugin.id).length > 0 || plugin.versions.length > 0
      const version = registered ? index.builtinVersion(plugin.id) : UNVERSIONED
      return version === undefined ? undefined : { version, sha256: NO_SHA256 }
    }
    default:
      return unreachable(use)
  }
}

/**
 * An unversioned entry that the file does not retire keeps every mount without a version, and the
 * builtin's own version cannot be tuned to beside it: one that the file lists would stand too.
 */
function standsUnretired(plugin: DesiredPlugin, index: LiveIndex): boolean {
  const stands = index.external(plugin.id, UNVERSIONED) !== undefined
  const listed = plugin.versions.some(({ version }) => version === UNVERSIONED)
  const retired = plugin.retire.some(({ version }) => version === UNVERSIONED)
  return (stands || listed) && !retired
}

function desiredSha256(plugin: DesiredPlugin, version: Version): Sha256 {
  return plugin.versions.find((known) => known.version === version)?.sha256 ?? NO_SHA256
}

function findConnections(
  plugin: DesiredPlugin,
  own: readonly DesiredConnection[],
  index: LiveIndex,
): {
  readonly targets: readonly ConnectionTarget[]
  readonly unreached: readonly ImpossibleUse[]
  readonly absent: readonly Impossible[]
} {
  const said = new Map(own.map((connection) => [connection.path, connection]))
  const live = index.connectionsOf(plugin.id)
  const targets: ConnectionTarget[] = []
  const unreached: ImpossibleUse[] = []
  for (const connection of live) {
    const use = said.get(connection.path)?.use ?? plugin.use
    if (use === undefined) continue
    const end = endOf(use.value, plugin, connection.version, index)
    if (typeof end === 'string') {
      const [connections, { source }] = [[connection.path], use]
      unreached.push({ kind: end, plugin: plugin.id, mounts: [], connections, source })
    } else targets.push({ connection, version: end.version })
  }
  const absent = own
    .filter(({ path }) => !live.some((connection) => connection.path === path))
    .map(({ path, source }) => ({ kind: 'mount-absent' as const, path, source }))
  return { targets, unreached, absent }
}
