/** The input of a twin: a whole cluster as plain data. */
import type { BuiltinPlugin } from '../../domain/builtin-plugins.ts'
import type { Pin, Product } from '../../domain/live.ts'
import type {
  ConfiguredVersion,
  ConnectionPath,
  MountPath,
  Namespace,
  NodeAddress,
  PluginId,
  PluginType,
  RunningBinary,
  Sha256,
  Version,
} from '../../domain/names.ts'

/** A file in a node's plugin directory. */
export interface PluginFile {
  /** Absent: unknown. The twin assumes the catalog's hash. */
  readonly sha256?: Sha256
  /** Absent: unknown. The twin assumes the registered type. */
  readonly type?: PluginType
  /** The version that the program itself reports, if it reports one. */
  readonly version?: Version
}

export interface ExternalPlugin {
  readonly plugin: PluginId
  readonly version: Version
  readonly command: string
  /** In lower case. Not always 64 digits: Vault accepts any length. */
  readonly sha256: RunningBinary
  readonly args?: readonly string[]
  readonly env?: readonly string[]
  readonly declarative?: boolean
}

export interface NodeSeed {
  readonly address: NodeAddress
  /** If no node has a role, the first one is active. */
  readonly role?: 'active' | 'standby'
  readonly state?: SeedNodeState
  /** By command. */
  readonly files?: Readonly<Record<string, PluginFile>>
  /** The server's version. Default: the cluster's. */
  readonly version?: string
}

/** `forwarding`: up, and forwards to the active node what it should answer itself (OpenBao). */
export type SeedNodeState = 'up' | 'forwarding' | 'sealed' | 'stopped'

export interface MountSeed {
  readonly path: MountPath
  readonly namespace?: Namespace
  readonly plugin: PluginId
  readonly configured_version?: ConfiguredVersion
  readonly accessor?: string
  readonly options?: Readonly<Record<string, string>>
  readonly description?: string
  /** What runs on each node. A node that is not named has just set the mount up. */
  readonly running?: readonly RunningSeed[]
}

export interface RunningSeed {
  readonly node: NodeAddress
  readonly running_version: Version
  readonly running_sha256: RunningBinary
  /** `nil`: no backend. `stopped`: its process has ended and starts again at the next request. */
  readonly backend: 'live' | 'nil' | 'stopped'
  readonly configured_version?: ConfiguredVersion
}

export interface ConnectionSeed {
  readonly path: ConnectionPath
  readonly plugin: PluginId
  readonly version: Version
}

export interface TwinOptions {
  readonly product: Product
  /** Whether standbys run plugins and answer for themselves. Default: as the product does. */
  readonly standbys_serve?: boolean
  readonly server_version: string
  readonly cluster: { readonly name: string; readonly id: string }
  readonly nodes: readonly NodeSeed[]
  /** Default: the product's own builtins. */
  readonly builtins?: readonly BuiltinPlugin[]
  readonly catalog?: readonly ExternalPlugin[]
  readonly pins?: readonly Pin[]
  readonly namespaces?: readonly Namespace[]
  readonly mounts?: readonly MountSeed[]
  readonly connections?: readonly ConnectionSeed[]
  /** The token's capabilities by API path. A path that is not named: `root`. */
  readonly capabilities?: Readonly<Record<string, readonly string[]>>
}
