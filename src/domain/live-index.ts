/** Looks up entries, builtins, mounts and nodes of a live state. */
import { mayDoubleNamespaces } from './doubled-namespaces.ts'
import { hidingPlaces } from './hidden-places.ts'
import { groupBy } from './group-by.ts'
import { hasLatest, latestOf } from './latest.ts'
import { isOverridable } from './overridable.ts'
import type { CatalogEntry, LiveConnection, LiveMount, LiveNode, LiveState } from './live.ts'
import {
  type RunningBinary,
  BUILTIN,
  type ConfiguredVersion,
  isBuiltinVersion,
  isSameBinary,
  LATEST,
  type MountPath,
  type NodeAddress,
  type PluginId,
  UNVERSIONED,
  type Version,
} from './names.ts'

export interface LiveIndex {
  mountsOf(plugin: PluginId): readonly LiveMount[]
  mountAt(path: MountPath): LiveMount | undefined
  /** True if a mount or connection may exist at the path: its place could not be read. */
  isHidden(path: string): boolean
  connectionsOf(plugin: PluginId): readonly LiveConnection[]
  /** The external entry of a version; undefined if there is none. */
  external(plugin: PluginId, version: Version): CatalogEntry | undefined
  /** Every external entry of a plugin, by version. */
  externals(plugin: PluginId): readonly CatalogEntry[]
  /** The version of the builtin in the catalog; undefined if an entry hides the builtin. */
  listedBuiltin(plugin: PluginId): Version | undefined
  /**
   * The version of the builtin of this name: from the catalog, or, while an unversioned entry hides
   * it, inferred from mounts. Undefined if there is no builtin or its version is unknown.
   */
  builtinVersion(plugin: PluginId): Version | undefined
  /** True if a builtin has this name, even if an entry hides it. */
  isBuiltin(plugin: PluginId): boolean
  /** True if a mount that is tuned to a builtin's version costs this cluster its leader. */
  readonly mayDoubleNamespaces: boolean
  /**
   * The version that a mount configured for `latest` starts at its next reload or restart: the
   * highest registered version, else the unversioned entry; undefined if nothing is registered (the
   * builtin does not count). Measured on OpenBao 2.7.2.
   */
  latestOf(plugin: PluginId): Version | undefined
  /** True if the servers accept `latest` as a mount's setting. */
  readonly hasLatest: boolean
  /** The pinned version of the plugin. It overrides the versions of its mounts (Vault). */
  pinOf(plugin: PluginId): Version | undefined
}

/** Indexes a live state, since plans look up entries for every mount. */
export function indexLive(live: LiveState): LiveIndex {
  const mounts = groupBy(live.mounts, (mount) => mount.plugin)
  const connections = groupBy(live.connections, (connection) => connection.plugin)
  const pins = new Map(live.pins.map(({ plugin, version }) => [plugin, version]))
  const byPath = new Map(live.mounts.map((mount) => [mount.path, mount]))
  const externals = groupBy(
    live.catalog.filter((entry) => !entry.builtin),
    (entry) => entry.plugin,
  )
  const builtins = new Map(
    live.catalog.filter((entry) => entry.builtin).map((entry) => [entry.plugin, entry.version]),
  )
  const seen = new Map<PluginId, Version>()
  for (const mount of live.mounts) {
    for (const version of [
      mount.configured_version,
      ...mount.nodes.map((node) => node.running_version),
    ]) {
      if (version !== LATEST && isBuiltinVersion(version)) seen.set(mount.plugin, version)
    }
  }
  const shared = sharedBuiltinVersion(live, builtins)
  const builtinVersion = (plugin: PluginId): Version | undefined =>
    builtins.get(plugin) ?? (seen.has(plugin) ? (shared ?? seen.get(plugin)) : undefined)
  return {
    mountsOf: (plugin) => mounts.get(plugin) ?? [],
    mountAt: (path) => byPath.get(path),
    isHidden: (path) => hidingPlaces(path, live).length > 0,
    connectionsOf: (plugin) => connections.get(plugin) ?? [],
    external: (plugin, version) =>
      externals.get(plugin)?.find((entry) => entry.version === version),
    externals: (plugin) => externals.get(plugin) ?? [],
    listedBuiltin: (plugin) => builtins.get(plugin),
    builtinVersion,
    isBuiltin: (plugin) => builtins.has(plugin) || seen.has(plugin),
    mayDoubleNamespaces: mayDoubleNamespaces(live),
    hasLatest: hasLatest(live),
    latestOf: (plugin) => latestOf((externals.get(plugin) ?? []).map(({ version }) => version)),
    pinOf: (plugin) => pins.get(plugin),
  }
}

/**
 * The version that all builtins share. OpenBao gives all of them the version of the server; on
 * Vault they differ.
 */
function sharedBuiltinVersion(
  live: LiveState,
  builtins: ReadonlyMap<PluginId, Version>,
): Version | undefined {
  return live.product === 'openbao' ? builtins.values().next().value : undefined
}

/** The nodes that run their own plugins, in the order of their reloads: standbys first. */
export function reloadOrder(live: LiveState): readonly LiveNode[] {
  const serving = live.nodes.filter((node) => node.state === 'serving')
  return [
    ...serving.filter((node) => node.role !== 'active'),
    ...serving.filter((node) => node.role === 'active'),
  ]
}

/**
 * The version that a mount with this setting starts; undefined if the setting is `latest` and
 * nothing is registered.
 */
export function startsUnder(
  index: Pick<LiveIndex, 'latestOf'>,
  plugin: PluginId,
  configured: ConfiguredVersion,
): Version | undefined {
  return configured === LATEST ? index.latestOf(plugin) : configured
}

/** The binary that a mount with this setting starts; undefined if nothing is registered for it. */
export function runsUnder(
  index: LiveIndex,
  plugin: PluginId,
  configured: ConfiguredVersion,
): RunningBinary | undefined {
  // The servers run the builtin whatever is registered or configured, and report success.
  if (!isOverridable(plugin)) return BUILTIN
  const version = startsUnder(index, plugin, configured)
  if (version === undefined) return undefined
  const entry = index.external(plugin, version)
  if (entry !== undefined) return entry.sha256
  if (version === UNVERSIONED) return index.isBuiltin(plugin) ? BUILTIN : undefined
  if (!isBuiltinVersion(version)) return undefined
  // An unversioned entry hides the builtin of its name, so its version cannot be checked.
  const isHidden = index.external(plugin, UNVERSIONED) !== undefined
  return isHidden || index.listedBuiltin(plugin) === version ? BUILTIN : undefined
}

/**
 * The version and the binary that the next reload or restart of a mount starts; undefined if
 * nothing is registered for it. A pin overrides the mount's own version (Vault).
 */
export function startedBinaryOf(
  index: LiveIndex,
  { plugin, configured_version }: Pick<LiveMount, 'plugin' | 'configured_version'>,
): StartedBinary | undefined {
  const version = index.pinOf(plugin) ?? startsUnder(index, plugin, configured_version)
  const sha256 = version === undefined ? undefined : runsUnder(index, plugin, version)
  return version === undefined || sha256 === undefined ? undefined : { version, sha256 }
}

/** What a reload or restart starts. */
export interface StartedBinary {
  readonly version: Version
  readonly sha256: RunningBinary
}

/**
 * True if every node was seen to run this binary for each of these mounts. False if there is no
 * mount, or if a mount is on no node.
 */
export function runEverywhere(mounts: readonly LiveMount[], sha256: RunningBinary): boolean {
  return (
    mounts.length > 0 &&
    mounts.every(
      ({ nodes }) =>
        nodes.length > 0 &&
        nodes.every((view) => view.answers !== 'no' && isSameBinary(view.running_sha256, sha256)),
    )
  )
}

export interface WrongLists {
  /** The nodes whose list is wrong about the mount; empty if all lists that could be read agree. */
  readonly nodes: readonly NodeAddress[]
  /**
   * True if these nodes list a mount that the active node does not list; false if they do not list
   * a mount that the active node lists.
   */
  readonly isGone: boolean
}

/**
 * Compares the lists of mounts of the nodes with the list of the active node. A standby of OpenBao
 * may miss a change of the mount table when several changes are made at once (seen in 2.7.2). It
 * then keeps its list until it restarts or becomes active. It still serves a mount that it does not
 * list.
 */
export function wrongLists(mount: LiveMount, live: LiveState): WrongLists {
  const serving = live.nodes.filter((node) => node.state === 'serving')
  if (mount.nodes.length === serving.length) return { nodes: [], isGone: false }
  const seen = new Set([
    ...mount.nodes.map(({ node }) => node),
    ...live.unreadable.filter(({ what }) => what === 'mounts').map(({ node }) => node),
  ])
  const notListing = serving.filter(({ address }) => !seen.has(address))
  return notListing.some(({ role }) => role === 'active')
    ? { nodes: mount.nodes.map(({ node }) => node), isGone: true }
    : { nodes: notListing.map(({ address }) => address), isGone: false }
}
