/**
 * Live state: what was read from a cluster, node by node, and what could not be read.
 * It is also the document that `status --json` prints, hence snake_case.
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
  /** Sorted by address; exactly one is active while the cluster has a leader. */
  readonly nodes: readonly LiveNode[]
  /** The storage is not Raft, so that `sys/ha-status` alone says which nodes there are. */
  readonly members_unconfirmed?: true
  /** Sorted by plugin, then version. An unversioned entry hides the builtin of its name. */
  readonly catalog: readonly CatalogEntry[]
  /** Secrets engines and auth methods of every namespace that could be listed, by path. */
  readonly mounts: readonly LiveMount[]
  readonly connections: readonly LiveConnection[]
  /** Empty where the server has no pins (OpenBao). */
  readonly pins: readonly Pin[]
  /** Namespaces whose mounts were read, the root (`''`) first. */
  readonly namespaces: readonly Namespace[]
  readonly unreadable: readonly Unreadable[]
}

export interface LiveNode {
  readonly address: NodeAddress
  readonly role: 'active' | 'standby' | 'unknown'
  /**
   * `serving`: answers for its own mounts and runs its own plugin processes.
   * `forwarding`: sends such requests to the active node, as a standby of its cluster is configured
   * to, and runs no plugins (every Vault standby; OpenBao’s with `disable_standby_reads`).
   * `not-ready`: sends them there although it is meant to answer for itself, so that what it runs
   * cannot be seen (an OpenBao node just after it stepped down, or one that cannot be set up).
   */
  readonly state: 'serving' | 'forwarding' | 'not-ready' | 'sealed' | 'unreachable'
  readonly version: string
  /** Why it is not serving, in the server's or the network's words. */
  readonly detail?: string
  /** Known of the cluster, and nothing was sent to it; it counts as unreachable. */
  readonly unasked?: true
}

/** What the catalog holds under one plugin and version. */
export interface CatalogEntry {
  readonly plugin: PluginId
  readonly version: Version
  readonly builtin: boolean
  /** Unknown for an entry that OpenBao’s own configuration declares without `sha256sum` (2.7.2). */
  readonly sha256: RunningBinary
  /** Absent where the entry was not read on its own: the list does not carry it. */
  readonly command?: string
  readonly args?: readonly string[]
  /** Declared in the server's own configuration: the API cannot change it (OpenBao). */
  readonly declarative?: boolean
  /**
   * Serving nodes that cannot read it, and why: on OpenBao, for want of its file in that node's
   * plugin directory. Absent: none, or not asked.
   */
  readonly unreadable_on?: readonly { readonly node: NodeAddress; readonly reason: string }[]
}

export interface LiveMount {
  readonly path: MountPath
  readonly namespace: Namespace
  readonly plugin: PluginId
  readonly accessor: string
  /** What the mount is tuned to, as the active node says; `''` when never said. See `startsUnder`. */
  readonly configured_version: ConfiguredVersion
  /** One for each serving node, sorted by address. */
  readonly nodes: readonly MountOnNode[]
}

/** One node's own view of a mount. */
export interface MountOnNode {
  readonly node: NodeAddress
  readonly configured_version: ConfiguredVersion
  /** Copied by the server from the configuration when the plugin was loaded: believe the hash. */
  readonly running_version: Version
  /**
   * Unknown where the server lists a version that is no builtin’s, and no hash: OpenBao does so of a
   * process started from an entry declared without one, and of a mount whose plugin did not start.
   */
  readonly running_sha256: RunningBinary
  /** Whether `<mount>/?help=1` was answered by the backend itself; `unchecked` when not asked. */
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
  /** `catalog-name`: an entry under a name that no request can hold, which is left out. */
  readonly what:
    'nodes' | 'namespaces' | 'mounts' | 'connections' | 'pins' | 'catalog-entry' | 'catalog-name'
  /** The API path that was refused, from the root namespace. */
  readonly path: string
  /** The node that refused; of a catalog entry, where the active node reads it. */
  readonly node?: NodeAddress
  readonly reason: string
  /** Refused for want of a right, or of a token that the node knows. */
  readonly denied?: true
  /** What to do, where the reason says more than that a right may lack. */
  readonly fix?: string
}
