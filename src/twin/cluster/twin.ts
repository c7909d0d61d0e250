/**
 * A cluster in memory that answers requests as the real product does. Plans are rehearsed on it. It
 * has no I/O, no clock and no randomness: the same requests get the same answers.
 */
import { LockstepError } from '../../domain/errors.ts'
import type { ServerRequest, ServerResponse } from '../../domain/exchange.ts'
import type {
  ConfiguredVersion,
  ConnectionPath,
  MountPath,
  NodeAddress,
  PluginId,
  RunningBinary,
  Version,
} from '../../domain/names.ts'
import { buildState } from './build-state.ts'
import { findPlugin, unknownProcess } from './catalog.ts'
import { type ConnectionFailure, findConnectionFailure } from './connections.ts'
import { bringUp, stepDown, takeDown } from './leadership.ts'
import { route } from './routing.ts'
import { doublesNamespaces, isStorageDamaged } from './running.ts'
import { configuredOn, type FailureCause, isAlive, startMount, startPlugin } from './start.ts'
import type { PluginFile, TwinOptions } from './seeds.ts'
import { type Backend, type Entry, type Mount, getNode, type State } from './state.ts'

export interface Twin {
  /** Throws an error like a refused connection if the node is stopped. */
  send(node: NodeAddress, request: ServerRequest): ServerResponse
  /** `successor`: the next active node. Default: the next node in order. */
  stepDown(successor?: NodeAddress): void
  /** Stops a node and starts it again, unsealed. All its mounts are set up again. */
  restartNode(node: NodeAddress, successor?: NodeAddress): void
  stopNode(node: NodeAddress): void
  /** Starts a stopped node, or unseals a sealed one. */
  startNode(node: NodeAddress): void
  seal(node: NodeAddress): void
  putFile(node: NodeAddress, command: string, file: PluginFile): void
  removeFile(node: NodeAddress, command: string): void
  /** In the order in which nodes become active after each other. */
  nodes(): readonly NodeAddress[]
  /** The address of the active node. Undefined while there is none. */
  active(): NodeAddress | undefined
  mountPaths(): readonly MountPath[]
  /**
   * A mount as it runs on a node. Undefined if the node runs no mounts or does not have this one.
   */
  running(node: NodeAddress, mount: MountPath): RunningMount | undefined
  /**
   * The binary that a mount would start on the node if the node were set up now, or why it would
   * not start.
   */
  wouldStart(node: NodeAddress, mount: MountPath): WouldStart
  /**
   * Whether a change of leader would store the mounts of namespaces twice, because of this mount's
   * version. After the next change no node could lead.
   */
  doublesNamespaces(mount: MountPath): boolean
  /** Whether no node can be set up from the storage: then only the current leader can lead. */
  isStorageDamaged(): boolean
  /** The entry under a version. Undefined if there is none. */
  entry(plugin: PluginId, version: Version): TwinEntry | undefined
  /** The configured version of a connection. Undefined if there is no such connection. */
  connectionVersion(connection: ConnectionPath): Version | undefined
  /**
   * Why a connection would not start on the node if the node were set up now. Undefined if it would
   * start.
   */
  whyNotConnecting(node: NodeAddress, connection: ConnectionPath): ConnectionFailure | undefined
}

export type WouldStart =
  | { readonly kind: 'started'; readonly version: Version; readonly sha256: RunningBinary }
  | { readonly kind: 'failed'; readonly why: string; readonly cause: FailureCause }

export type TwinEntry = Pick<Entry, 'command' | 'sha256' | 'args'>

export interface RunningMount {
  readonly accessor: string
  readonly configured_version: ConfiguredVersion
  readonly running_version: Version
  readonly running_sha256: RunningBinary
  /** Whether the backend answers requests. True also for a lost process that would start again. */
  readonly answers: boolean
  /** Whether the started version is still in the catalog, with any binary. */
  readonly is_registered: boolean
  /**
   * Whether that entry is the one that the process was started from, with the same command and
   * arguments.
   */
  readonly is_current: boolean
  /**
   * The process of the mount. Mounts with the same process end together. Undefined for a builtin.
   */
  readonly process: string | undefined
}

/** A twin of the cluster that `options` describe. */
export function createTwin(options: TwinOptions): Twin {
  const state = buildState(options)
  const node = (address: NodeAddress) => getNode(state, address)
  return {
    send(address, request) {
      const asked = node(address)
      if (asked.state === 'stopped') {
        throw new LockstepError({
          code: 'ECONNREFUSED',
          message: `connect ECONNREFUSED ${new URL(address).host}`,
        })
      }
      return route(state, asked, request)
    },
    stepDown: (successor) => stepDown(state, successor),
    restartNode(address, successor) {
      takeDown(state, node(address), 'stopped', successor)
      bringUp(state, node(address))
    },
    stopNode: (address) => takeDown(state, node(address), 'stopped'),
    startNode: (address) => bringUp(state, node(address)),
    seal: (address) => takeDown(state, node(address), 'sealed'),
    putFile: (address, command, file) => node(address).files.set(command, file),
    removeFile: (address, command) => node(address).files.delete(command),
    nodes: () => [...state.nodes.keys()],
    active: () => state.active,
    mountPaths: () =>
      [...state.mounts.values()]
        .flatMap((mount) => (mount.system === undefined ? [mount.path] : []))
        .sort(),
    running: (address, path) => readRunningMount(state, address, path),
    wouldStart(address, path) {
      const mount = state.mounts.get(path)
      if (mount === undefined) return { kind: 'failed', why: 'no such mount', cause: 'entry' }
      const start = startMount(state, node(address), mount, mount.configured)
      if (start.kind === 'started') return start
      return { kind: 'failed', why: start.onSetup, cause: start.cause }
    },
    doublesNamespaces(path) {
      const mount = state.mounts.get(path)
      return mount !== undefined && doublesNamespaces(state, mount)
    },
    isStorageDamaged: () => isStorageDamaged(state),
    entry: (plugin, version) => state.catalog.get(plugin)?.get(version),
    connectionVersion: (path) => state.connections.get(path)?.version,
    whyNotConnecting: (address, path) => findConnectionFailure(state, node(address), path),
  }
}

function readRunningMount(
  state: State,
  address: NodeAddress,
  path: MountPath,
): RunningMount | undefined {
  const node = getNode(state, address)
  const mount = state.mounts.get(path)
  const running = node.running.get(path)
  if (mount === undefined || running === undefined) return undefined
  const { backend } = running
  const answers =
    isAlive(node, backend) ||
    (backend.kind === 'process' &&
      startPlugin(state, node, mount.plugin, backend.version).kind === 'started')
  return {
    accessor: mount.accessor,
    configured_version: configuredOn(node, mount),
    running_version: running.version,
    running_sha256: running.sha256,
    answers,
    ...compareWithCatalog(state, mount, backend),
  }
}

function compareWithCatalog(
  state: State,
  { plugin }: Mount,
  backend: Backend,
): Pick<RunningMount, 'is_registered' | 'is_current' | 'process'> {
  if (backend.kind !== 'process') {
    return { is_registered: true, is_current: true, process: undefined }
  }
  const { process, version } = backend
  const entry = state.catalog.get(plugin)?.get(version)
  return {
    process,
    is_registered: findPlugin(state, plugin, version) !== undefined,
    is_current:
      entry !== undefined &&
      (process === entry.process || process === unknownProcess(plugin, version, entry.sha256)),
  }
}
