/**
 * All a twin knows: what the cluster stores, and what each node runs. Records are replaced, never
 * changed in place.
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
  /** Standbys run their own plugins and answer for themselves; else they send to the active node. */
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
  /** The mounts of each plugin, in the order in which they were made: the order of a reload. */
  readonly mountsOfPlugin: Map<PluginId, readonly MountPath[]>
  readonly connections: Map<ConnectionPath, TwinConnection>
  /** What was written below mounts, by full path. */
  readonly secrets: Map<string, Secret>
  /** In the order in which they take over from each other. */
  readonly nodes: ReadonlyMap<NodeAddress, Node>
  /** Undefined while no node leads. */
  active: NodeAddress | undefined
  /** Ids are made from it. */
  counter: number
  /** The storage holds the mounts of namespaces twice: nothing is set up from it any more. */
  namespacesDoubled: boolean
  /** What the active node ran when it ceased to be that, and has nothing in it until then. */
  ranLast: Map<MountPath, RunningBackend>
}

export interface Entry {
  readonly plugin: PluginId
  readonly version: Version
  readonly command: string
  readonly sha256: RunningBinary
  readonly args: readonly string[]
  readonly declarative: boolean
  /** Mounts whose entries are the same in all of it share one process. */
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
  /** The server's own: `sys/`, `token/` and the like, under another type than a plugin's name. */
  readonly system?: string
}

export interface TwinConnection {
  readonly path: ConnectionPath
  readonly plugin: PluginId
  readonly version: Version
  readonly details: JsonObject
  /** Started on the active node, and with which version. */
  readonly running: Version | undefined
}

export type Secret =
  | { readonly kind: 'plain'; readonly data: JsonObject }
  | {
      readonly kind: 'versioned'
      readonly version: number
      /** Null where the newest version was deleted. */
      readonly data: unknown
    }

export interface Node {
  readonly address: NodeAddress
  readonly version: string
  readonly files: Map<string, PluginFile>
  state: SeedNodeState
  /** What runs here; empty where nothing does. */
  running: Map<MountPath, RunningBackend>
  /** How often each process was killed here: a backend made before the last time has lost its own. */
  kills: Map<string, number>
}

export interface RunningBackend {
  readonly version: Version
  readonly sha256: RunningBinary
  readonly backend: Backend
  /** It had no backend when the node was set up. */
  readonly nilAtSetup: boolean
  /**
   * What this node has the mount configured for, where it is not what the cluster has: a standby
   * forgot a builtin's version when it was set up, or came up before it had heard of a tune. It
   * loads and lists that until the mount is tuned again, though it were to the same version.
   */
  readonly behind: ConfiguredVersion | undefined
}

export type Backend =
  | { readonly kind: 'nil' }
  | { readonly kind: 'builtin' }
  | {
      readonly kind: 'process'
      /** The version it was made with, and will be made with again when its process is gone. */
      readonly version: Version
      readonly process: string
      /** How often the process had been killed when this was made. */
      readonly kills: number
    }

/** Eight hex digits that no other id of this twin has, the same in every run. */
export function nextId(state: State): string {
  state.counter += 1
  // An odd multiplier permutes 32-bit numbers: ids look unlike each other and never meet.
  return (Math.imul(state.counter, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
}

export function nextUuid(state: State): string {
  return `${nextId(state)}-0000-4000-8000-${String(state.counter).padStart(12, '0')}`
}

export function mustHaveNode(state: State, address: NodeAddress): Node {
  const node = state.nodes.get(address)
  if (node === undefined) throw new RangeError(`the twin has no node ${address}`)
  return node
}
