/**
 * Live state: what was read from a cluster, node by node, and what could not be read. `status
 * --json` prints it, so its keys are in snake_case.
 */
import type {
  RunningBinary,
  ConfiguredVersion,
  ConnectionPath,
  MountPath,
  Namespace,
  NodeAddress,
  PluginId,
  Version,
} from './names.ts'

export type Product = 'openbao' | 'vault'

export interface LiveState {
  readonly product: Product
  readonly server_version: string
  readonly cluster: { readonly name: string; readonly id: string }
  /** In the order of `compareNodes`; exactly one is active while the cluster has a leader. */
  readonly nodes: readonly LiveNode[]
  /** The storage is not Raft, so only `sys/ha-status` lists the nodes. */
  readonly members_unconfirmed?: true
  /** Sorted by plugin, then version. An unversioned entry hides the builtin of its name. */
  readonly catalog: readonly CatalogEntry[]
  /** Secrets engines and auth methods of every namespace that could be listed, by path. */
  readonly mounts: readonly LiveMount[]
  readonly connections: readonly LiveConnection[]
  /** Empty if the server has no pins (OpenBao). */
  readonly pins: readonly Pin[]
  /** Namespaces whose mounts were read, the root (`''`) first. */
  readonly namespaces: readonly Namespace[]
  readonly unreadable: readonly Unreadable[]
}

export interface LiveNode {
  readonly address: NodeAddress
  /** The node id in the Raft configuration, which stays if the node comes back elsewhere. */
  readonly raft_id?: string
  /** `host:port` of the cluster's own traffic. */
  readonly cluster_address?: string
  readonly role: 'active' | 'standby' | 'unknown'
  /**
   * `serving`: answers for its own mounts and runs its own plugin processes.
   * `forwarding`: forwards such requests to the active node, as standbys of its cluster are
   * configured to, and runs no plugins (every standby of Vault; a standby of OpenBao with
   * `disable_standby_reads`).
   * `not-ready`: forwards requests that it should answer itself, so what it runs is unknown (a node
   * of OpenBao just after it stepped down, or one that cannot set up its mounts).
   */
  readonly state: 'serving' | 'forwarding' | 'not-ready' | 'sealed' | 'unreachable'
  readonly version: string
  /** Why the node does not serve, in the words of the server or the network. */
  readonly detail?: string
  /** The cluster lists the node, but no request was sent to it. It counts as unreachable. */
  readonly unasked?: true
}

/** The entry of a plugin and version in the catalog. */
export interface CatalogEntry {
  readonly plugin: PluginId
  readonly version: Version
  readonly builtin: boolean
  /** Unknown for an entry that OpenBao’s own configuration declares without `sha256sum` (2.7.2). */
  readonly sha256: RunningBinary
  /** Absent if the entry was not read on its own: the list has no commands. */
  readonly command?: string
  readonly args?: readonly string[]
  /** Declared in the server's own configuration: the API cannot change it (OpenBao). */
  readonly declarative?: boolean
  /**
   * Serving nodes that cannot read the entry, and why: on OpenBao, because its file is not in their
   * plugin directory. Absent: none, or not asked.
   */
  readonly unreadable_on?: readonly { readonly node: NodeAddress; readonly reason: string }[]
}

export interface LiveMount {
  readonly path: MountPath
  readonly namespace: Namespace
  readonly plugin: PluginId
  readonly accessor: string
  /**
   * The version that the mount is tuned to, read from the active node; `''` if it was never tuned.
   * See `startsUnder`.
   */
  readonly configured_version: ConfiguredVersion
  /** One for each serving node, in the order of the nodes. */
  readonly nodes: readonly MountOnNode[]
}

/** A mount as one node sees it. */
export interface MountOnNode {
  readonly node: NodeAddress
  readonly configured_version: ConfiguredVersion
  /**
   * The server copies it from the configuration when it loads the plugin, so only the hash proves
   * what runs.
   */
  readonly running_version: Version
  /**
   * Unknown if the server lists no hash, and a version that no builtin has. OpenBao does so for a
   * process of an entry that was declared without a hash, and for a mount whose plugin did not
   * start.
   */
  readonly running_sha256: RunningBinary
  /** Whether the backend itself answered `<mount>/?help=1`; `unchecked` if it was not asked. */
  readonly answers: 'yes' | 'no' | 'unchecked'
  readonly detail?: string
}

/** A connection of a `database` mount. */
export interface LiveConnection {
  readonly path: ConnectionPath
  readonly namespace: Namespace
  readonly plugin: PluginId
  readonly version: Version
}

export interface Pin {
  readonly plugin: PluginId
  readonly version: Version
}

/** Something that exists or may exist and could not be read. */
export interface Unreadable {
  /** `catalog-name`: an entry whose name no request can hold, so it is left out. */
  readonly what:
    'nodes' | 'namespaces' | 'mounts' | 'connections' | 'pins' | 'catalog-entry' | 'catalog-name'
  /** The API path that was refused, from the root namespace. */
  readonly path: string
  /** The node that refused. For a catalog entry: set if only this node cannot read it. */
  readonly node?: NodeAddress
  readonly reason: string
  /** The token lacks a right, or the node does not know the token. */
  readonly denied?: true
  /** What to do, if more than a right is missing. */
  readonly fix?: string
}
