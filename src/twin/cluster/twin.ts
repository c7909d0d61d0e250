/**
 * A cluster in memory that answers requests as the real product does, for plans to be rehearsed
 * on. It does no I/O and has no clock and no chance: the same requests get the same answers.
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
import { findPlugin, processUnseen } from './catalog.ts'
import { type NotConnecting, whyConnectionNotStarting } from './connections.ts'
import { bringIn, stepDown, takeOut } from './leadership.ts'
import { route } from './routing.ts'
import { doublesNamespaces, isStorageDamaged } from './running.ts'
import { configuredOn, type FailureCause, isAlive, startMount, startPlugin } from './start.ts'
import type { PluginFile, TwinOptions } from './seeds.ts'
import { type Backend, type Entry, type Mount, mustHaveNode, type State } from './state.ts'

export interface Twin {
  /** Throws as a refused connection does where the node is stopped. */
  send(node: NodeAddress, request: ServerRequest): ServerResponse
  /** `successor`: who leads then; the next node in order if not said. */
  stepDown(successor?: NodeAddress): void
  /** Stops a node and starts it again, unsealed: whatever ran there is set up anew. */
  restartNode(node: NodeAddress, successor?: NodeAddress): void
  stopNode(node: NodeAddress): void
  /** Starts a stopped node, or unseals a sealed one. */
  startNode(node: NodeAddress): void
  seal(node: NodeAddress): void
  putFile(node: NodeAddress, command: string, file: PluginFile): void
  removeFile(node: NodeAddress, command: string): void
  /** In the order in which they take over from each other. */
  nodes(): readonly NodeAddress[]
  /** The address of the node that leads, while one does. */
  active(): NodeAddress | undefined
  mountPaths(): readonly MountPath[]
  /** What runs on a node now; undefined where it runs no mounts or has not this one. */
  running(node: NodeAddress, mount: MountPath): RunningMount | undefined
  /** What a mount would come up with on a node that is set up anew now, or why it would not. */
  wouldStart(node: NodeAddress, mount: MountPath): WouldStart
  /**
   * Whether a change of leader would write the mounts of namespaces down twice for this one's
   * version, and the change after it leave no node that can lead.
   */
  doublesNamespaces(mount: MountPath): boolean
  /** Whether nothing can be set up from what is stored: no node that does not lead already can lead. */
  isStorageDamaged(): boolean
  /** What is registered under a version; undefined where nothing is. */
  entry(plugin: PluginId, version: Version): TwinEntry | undefined
  /** What a connection is configured for; undefined where it is not there. */
  connectionVersion(connection: ConnectionPath): Version | undefined
  /** Why a connection would not come up on a node that is set up anew now; undefined where it would. */
  whyNotConnecting(node: NodeAddress, connection: ConnectionPath): NotConnecting | undefined
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
  /** Whether a request is answered by the backend; a lost process that would start again counts. */
  readonly answers: boolean
  /** Whether the version it was started with still stands in the catalog, with whatever binary. */
  readonly is_registered: boolean
  /** Whether that entry is the one it was started from, its command and arguments too. */
  readonly is_current: boolean
  /** What runs with the same process, and ends with it; undefined where it is compiled in. */
  readonly process: string | undefined
}

export function createTwin(options: TwinOptions): Twin {
  const state = buildState(options)
  const node = (address: NodeAddress) => mustHaveNode(state, address)
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
      takeOut(state, node(address), 'stopped', successor)
      bringIn(state, node(address))
    },
    stopNode: (address) => takeOut(state, node(address), 'stopped'),
    startNode: (address) => bringIn(state, node(address)),
    seal: (address) => takeOut(state, node(address), 'sealed'),
    putFile: (address, command, file) => node(address).files.set(command, file),
    removeFile: (address, command) => node(address).files.delete(command),
    nodes: () => [...state.nodes.keys()],
    active: () => state.active,
    mountPaths: () =>
      [...state.mounts.values()]
        .flatMap((mount) => (mount.system === undefined ? [mount.path] : []))
        .sort(),
    running: (address, path) => lookAt(state, address, path),
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
    whyNotConnecting: (address, path) => whyConnectionNotStarting(state, node(address), path),
  }
}

function lookAt(state: State, address: NodeAddress, path: MountPath): RunningMount | undefined {
  const node = mustHaveNode(state, address)
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
    ...standing(state, mount, backend),
  }
}

function standing(
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
      (process === entry.process || process === processUnseen(plugin, version, entry.sha256)),
  }
}
