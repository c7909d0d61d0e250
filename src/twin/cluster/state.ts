/**
 * The state of a twin: what the cluster stores, and what each node runs. Records are replaced,
 * never changed in place.
 */
import type { JsonObject } from '../../domain/exchange.ts'
import type { BuiltinPlugin } from '../../domain/builtin-plugins.ts'
import type { Product } from '../../domain/live.ts'
import type {
  ConfiguredVersion,
  ConnectionPath,
  MountPath,
  Namespace,
  NodeAddress,
  PluginId,
  RunningBinary,
  Version,
} from '../../domain/names.ts'
import type { ExternalPlugin, SeedNodeState, PluginFile } from './seeds.ts'

export interface State {
  readonly product: Product
  /**
   * Standbys run their own plugins and answer for themselves. Otherwise they forward to the active
   * node.
   */
  readonly standbysServe: boolean
  readonly server_version: string
  readonly cluster: { readonly name: string; readonly id: string }
  readonly builtins: ReadonlyMap<PluginId, BuiltinPlugin>
  readonly capabilities: Readonly<Record<string, readonly string[]>>
  /** The registered versions of each plugin, the unversioned one (`''`) included. */
  readonly catalog: Map<PluginId, ReadonlyMap<Version, Entry>>
  /** The entries of the servers' own configuration (OpenBao). */
  readonly declared: readonly ExternalPlugin[]
  readonly pins: Map<PluginId, Version>
  readonly namespaces: Map<Namespace, { readonly id: string }>
  readonly mounts: Map<MountPath, Mount>
  /** The mounts of each plugin, in the order in which they were made. A reload uses this order. */
  readonly mountsOfPlugin: Map<PluginId, readonly MountPath[]>
  readonly connections: Map<ConnectionPath, TwinConnection>
  /** The values that were written below mounts, by full path. */
  readonly secrets: Map<string, Secret>
  /** In the order in which nodes become active after each other. */
  readonly nodes: ReadonlyMap<NodeAddress, Node>
  /** Undefined while no node is active. */
  active: NodeAddress | undefined
  /** The source of ids. */
  counter: number
  /** The storage has the mounts of namespaces twice: no node can be set up from it. */
  namespacesDoubled: boolean
  /**
   * What the last active node ran when it stopped leading. Empty before that, and after the next
   * node is set up.
   */
  ranLast: Map<MountPath, RunningBackend>
}

export interface Entry {
  readonly plugin: PluginId
  readonly version: Version
  readonly command: string
  readonly sha256: RunningBinary
  readonly args: readonly string[]
  readonly declarative: boolean
  /** The process key. Mounts whose entries have the same key share one process. */
  readonly process: string
}

export interface Mount {
  readonly path: MountPath
  readonly namespace: Namespace
  readonly plugin: PluginId
  readonly accessor: string
  readonly uuid: string
  readonly description: string
  readonly options: Readonly<Record<string, string>> | null
  readonly configured: ConfiguredVersion
  /** The type of the server's own mounts (`sys/`, `token/` and others). */
  readonly system?: string
}

export interface TwinConnection {
  readonly path: ConnectionPath
  readonly plugin: PluginId
  readonly version: Version
  readonly details: JsonObject
  /** The version that runs on the active node. Undefined if none runs. */
  readonly running: Version | undefined
}

export type Secret =
  | { readonly kind: 'plain'; readonly data: JsonObject }
  | {
      readonly kind: 'versioned'
      readonly version: number
      /** Null if the newest version was deleted. */
      readonly data: unknown
    }

export interface Node {
  readonly address: NodeAddress
  readonly version: string
  readonly files: Map<string, PluginFile>
  state: SeedNodeState
  /** What runs on the node. Empty if nothing runs. */
  running: Map<MountPath, RunningBackend>
  /**
   * How often each process was killed on the node. A backend that was made before the last kill has
   * lost its process.
   */
  kills: Map<string, number>
}

export interface RunningBackend {
  readonly version: Version
  readonly sha256: RunningBinary
  readonly backend: Backend
  /** The mount had no backend when the node was set up. */
  readonly nilAtSetup: boolean
  /**
   * The configured version on this node, if it differs from the cluster's: a standby forgot a
   * builtin's version when it was set up, or came up before it received a tune. The node loads and
   * lists this version until the mount is tuned again, also to the same version.
   */
  readonly behind: ConfiguredVersion | undefined
}

export type Backend =
  | { readonly kind: 'nil' }
  | { readonly kind: 'builtin' }
  | {
      readonly kind: 'process'
      /** The version that the process was started with, and is started with again after it ends. */
      readonly version: Version
      readonly process: string
      /** How often the process was killed before this backend was made. */
      readonly kills: number
    }

/** Eight hex digits, unique in this twin and the same in every run. */
export function nextId(state: State): string {
  state.counter += 1
  // An odd multiplier permutes 32-bit numbers, so ids look different and never repeat.
  return (Math.imul(state.counter, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
}

export function nextUuid(state: State): string {
  return `${nextId(state)}-0000-4000-8000-${String(state.counter).padStart(12, '0')}`
}

/** Throws a RangeError for an address that no node has. */
export function getNode(state: State, address: NodeAddress): Node {
  const node = state.nodes.get(address)
  if (node === undefined) throw new RangeError(`the twin has no node ${address}`)
  return node
}
