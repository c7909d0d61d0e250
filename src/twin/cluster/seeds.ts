/** What a twin is made from: a whole cluster said in plain data. */
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
  /** Absent: nobody knows; taken to be what the catalog says. */
  readonly sha256?: Sha256
  /** Absent: taken to be of the type it is registered under. */
  readonly type?: PluginType
  /** The version the program itself reports, if it does. */
  readonly version?: Version
}

export interface ExternalPlugin {
  readonly plugin: PluginId
  readonly version: Version
  readonly command: string
  /** In lower case; not always 64 digits, since Vault takes any. */
  readonly sha256: RunningBinary
  readonly args?: readonly string[]
  readonly env?: readonly string[]
  readonly declarative?: boolean
}

export interface NodeSeed {
  readonly address: NodeAddress
  /** The first node leads where nobody says so. */
  readonly role?: 'active' | 'standby'
  readonly state?: SeedNodeState
  /** By command. */
  readonly files?: Readonly<Record<string, PluginFile>>
  /** The server's version; the cluster's if not said. */
  readonly version?: string
}

/** `forwarding`: up, and sending to the active node what it should answer itself (OpenBao). */
export type SeedNodeState = 'up' | 'forwarding' | 'sealed' | 'stopped'

export interface MountSeed {
  readonly path: MountPath
  readonly namespace?: Namespace
  readonly plugin: PluginId
  readonly configured_version?: ConfiguredVersion
  readonly accessor?: string
  readonly options?: Readonly<Record<string, string>>
  readonly description?: string
  /** What runs on a node; a node that is not named has just set the mount up. */
  readonly running?: readonly RunningSeed[]
}

export interface RunningSeed {
  readonly node: NodeAddress
  readonly running_version: Version
  readonly running_sha256: RunningBinary
  /** `nil`: no backend; `stopped`: its process is gone and starts anew when it is asked. */
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
  /** Standbys run plugins and answer for themselves; the product's own way if not said. */
  readonly standbys_serve?: boolean
  readonly server_version: string
  readonly cluster: { readonly name: string; readonly id: string }
  readonly nodes: readonly NodeSeed[]
  /** The product's own if not said. */
  readonly builtins?: readonly BuiltinPlugin[]
  readonly catalog?: readonly ExternalPlugin[]
  readonly pins?: readonly Pin[]
  readonly namespaces?: readonly Namespace[]
  readonly mounts?: readonly MountSeed[]
  readonly connections?: readonly ConnectionSeed[]
  /** What the token may do by API path; everything (`root`) where a path is not named. */
  readonly capabilities?: Readonly<Record<string, readonly string[]>>
}
