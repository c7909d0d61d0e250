/** Looking things up in a live state: entries, the builtin behind a name, mounts, nodes. */
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
  /** True of a mount or connection that may be there: its place could not be read. */
  isHidden(path: string): boolean
  connectionsOf(plugin: PluginId): readonly LiveConnection[]
  /** The external entry under a version; undefined where there is none. */
  external(plugin: PluginId, version: Version): CatalogEntry | undefined
  /** Every external entry of a plugin, by version. */
  externals(plugin: PluginId): readonly CatalogEntry[]
  /** The compiled-in plugin's version as the catalog lists it: not while an entry hides it. */
  listedBuiltin(plugin: PluginId): Version | undefined
  /**
   * The version a compiled-in plugin of this name has: the catalog's, or, while an unversioned
   * entry hides it, what can be inferred. Undefined where it is none or cannot be known.
   */
  builtinVersion(plugin: PluginId): Version | undefined
  /** True where the name is known to be a compiled-in plugin's, even if an entry hides it. */
  isBuiltin(plugin: PluginId): boolean
  /** Whether a mount tuned to a builtin's version costs this cluster its leader. */
  readonly mayDoubleNamespaces: boolean
  /**
   * What a mount that is configured for `latest` starts at its next reload or restart: the highest
   * registered version, else the unversioned entry; undefined where nothing is registered (the
   * compiled-in plugin does not count). Measured on OpenBao 2.7.2.
   */
  latestOf(plugin: PluginId): Version | undefined
  /** Whether the servers take `latest` as a mount's setting. */
  readonly hasLatest: boolean
  /** What the plugin is pinned to, which beats what its mounts are configured for (Vault). */
  pinOf(plugin: PluginId): Version | undefined
}

/** Indexed once, since plans look up entries for every mount. */
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

/** OpenBao gives all its builtins the server's own version; Vault gives each its own. */
function sharedBuiltinVersion(
  live: LiveState,
  builtins: ReadonlyMap<PluginId, Version>,
): Version | undefined {
  return live.product === 'openbao' ? builtins.values().next().value : undefined
}

/** The nodes that run their own plugins, in the order they are reloaded: standbys first. */
export function reloadOrder(live: LiveState): readonly LiveNode[] {
  const serving = live.nodes.filter((node) => node.state === 'serving')
  return [
    ...serving.filter((node) => node.role !== 'active'),
    ...serving.filter((node) => node.role === 'active'),
  ]
}

/**
 * The version under which a mount with this setting is started; undefined where the setting is
 * `latest` and nothing is registered.
 */
export function startsUnder(
  index: Pick<LiveIndex, 'latestOf'>,
  plugin: PluginId,
  configured: ConfiguredVersion,
): Version | undefined {
  return configured === LATEST ? index.latestOf(plugin) : configured
}

/** What a mount with this setting runs; undefined where nothing is registered under it. */
export function runsUnder(
  index: LiveIndex,
  plugin: PluginId,
  configured: ConfiguredVersion,
): RunningBinary | undefined {
  // The servers run the compiled-in plugin whatever is registered or configured, and say success.
  if (!isOverridable(plugin)) return BUILTIN
  const version = startsUnder(index, plugin, configured)
  if (version === undefined) return undefined
  const entry = index.external(plugin, version)
  if (entry !== undefined) return entry.sha256
  if (version === UNVERSIONED) return index.isBuiltin(plugin) ? BUILTIN : undefined
  if (!isBuiltinVersion(version)) return undefined
  // An unversioned entry hides the builtin of its name: then nobody can tell.
  const isHidden = index.external(plugin, UNVERSIONED) !== undefined
  return isHidden || index.listedBuiltin(plugin) === version ? BUILTIN : undefined
}

/**
 * The version under which the mount's next reload or restart starts it, and the binary that is;
 * undefined where nothing is registered under it. A pin goes before the mount's own version (Vault).
 */
export function startedBinaryOf(
  index: LiveIndex,
  { plugin, configured_version }: Pick<LiveMount, 'plugin' | 'configured_version'>,
): Started | undefined {
  const version = index.pinOf(plugin) ?? startsUnder(index, plugin, configured_version)
  const sha256 = version === undefined ? undefined : runsUnder(index, plugin, version)
  return version === undefined || sha256 === undefined ? undefined : { version, sha256 }
}

/** What a reload or restart starts. */
export interface Started {
  readonly version: Version
  readonly sha256: RunningBinary
}

/**
 * True where every node was seen to run this binary for each of these mounts. No mount, or one that
 * nobody can ask, tells nothing.
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
  /** Whose list is wrong about the mount; empty where all that could be read agree. */
  readonly nodes: readonly NodeAddress[]
  /** True where these list a mount that the active node has not, false where they lack it. */
  readonly isGone: boolean
}

/**
 * Holds the nodes' lists of mounts against the active node's. A standby of OpenBao may miss a
 * change of the mount table when several are made at once (seen with 2.7.2), and then keeps its
 * list as it is until it restarts or becomes active. It serves what it does not list all the same.
 */
export function wrongLists(mount: LiveMount, live: LiveState): WrongLists {
  const serving = live.nodes.filter((node) => node.state === 'serving')
  if (mount.nodes.length === serving.length) return { nodes: [], isGone: false }
  const seen = new Set([
    ...mount.nodes.map(({ node }) => node),
    ...live.unreadable.filter(({ what }) => what === 'mounts').map(({ node }) => node),
  ])
  const without = serving.filter(({ address }) => !seen.has(address))
  return without.some(({ role }) => role === 'active')
    ? { nodes: mount.nodes.map(({ node }) => node), isGone: true }
    : { nodes: without.map(({ address }) => address), isGone: false }
}
