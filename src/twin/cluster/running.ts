/**
 * Manages what runs on a node for each mount. Backends are set up when the node is unsealed or
 * becomes active, changed by reloads, and started again on demand if their process was lost.
 */
import {
  type ConfiguredVersion,
  isBuiltinVersion,
  type MountPath,
  UNKNOWN_HASH,
  UNVERSIONED,
} from '../../domain/names.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { addEntry } from './catalog.ts'
import { hasMoreNamespaces } from './mount-table.ts'
import { configuredOn, isAlive, killProcess, startMount, startPlugin } from './start.ts'
import type { Mount, Node, RunningBackend, State } from './state.ts'

/** Whether this node runs backends of its own. */
export function runsMounts(state: State, node: Node): boolean {
  if (node.state !== 'up') return false
  return node.address === state.active || state.standbysServe
}

/**
 * Sets up every backend of a node, as after an unseal. False if that fails: then nothing runs.
 *
 * A node of OpenBao that becomes active forgets the builtins' versions and writes its mount table
 * again. It then writes the mounts of namespaces into the root's table too, and the next node that
 * reads them there and in their own place fails (2.7.2: `cannot mount under existing mount`).
 */
export function setUpNode(state: State, node: Node): boolean {
  node.kills = new Map()
  node.running = new Map()
  if (isStorageDamaged(state)) return false
  const isActive = node.address === state.active
  if (isActive) restoreDeclared(state)
  const mounts = [...state.mounts.values()]
  if (isActive && mounts.some((mount) => doublesNamespaces(state, mount)))
    state.namespacesDoubled = true
  const { forgetsBuiltinVersionAtSetup } = BEHAVIOUR[state.product]
  const running: [MountPath, RunningBackend][] = []
  for (const mount of mounts) {
    const forgets = forgetsBuiltinVersionAtSetup && isBuiltinVersion(mount.configured)
    const configured = forgets ? UNVERSIONED : mount.configured
    if (forgets && isActive) state.mounts.set(mount.path, { ...mount, configured })
    const behind = forgets && !isActive ? UNVERSIONED : undefined
    running.push([mount.path, setUpMount(state, node, mount, configured, behind)])
  }
  node.running = new Map(running)
  if (isActive) state.ranLast = new Map()
  return true
}

/** Whether no node can be set up from the storage: then only the current leader can lead. */
export function isStorageDamaged(state: State): boolean {
  return (
    state.namespacesDoubled ||
    state.declared.some(({ plugin, version }) => {
      // OpenBao 2.7.2: `conflicts with existing non-declarative plugin`.
      return state.catalog.get(plugin)?.get(version)?.declarative === false
    })
  )
}

/**
 * A declared entry that was deregistered is registered again by the next node that becomes active.
 */
function restoreDeclared(state: State): void {
  for (const entry of state.declared) {
    if (state.catalog.get(entry.plugin)?.has(entry.version) !== true) addEntry(state, entry)
  }
}

/**
 * Whether the next node that becomes active stores the namespaces' mounts twice, because of this
 * mount's version.
 */
export function doublesNamespaces(state: State, { configured }: Mount): boolean {
  const { forgetsBuiltinVersionAtSetup } = BEHAVIOUR[state.product]
  return forgetsBuiltinVersionAtSetup && isBuiltinVersion(configured) && hasMoreNamespaces(state)
}

/** Sets up a mount's first backend on a node. */
export function setUpMount(
  state: State,
  node: Node,
  mount: Mount,
  configured: ConfiguredVersion = mount.configured,
  behind?: ConfiguredVersion,
): RunningBackend {
  const start = startMount(state, node, mount, configured)
  if (start.kind === 'started') {
    const { backend, version, sha256 } = start
    return { backend, version, sha256, nilAtSetup: false, behind }
  }
  const before = BEHAVIOUR[state.product].remembersWhatRan
    ? state.ranLast.get(mount.path)
    : undefined
  return {
    backend: { kind: 'nil' },
    version: before?.version ?? UNVERSIONED,
    sha256: before?.sha256 ?? UNKNOWN_HASH,
    nilAtSetup: true,
    behind,
  }
}

/**
 * Reloads one mount on one node. Returns the server's error text, or undefined if the mount runs.
 */
export function reloadMount(state: State, node: Node, mount: Mount): string | undefined {
  const before = node.running.get(mount.path)
  if (before !== undefined) killProcess(node, before.backend)
  const start = startMount(state, node, mount, configuredOn(node, mount))
  if (start.kind === 'started') {
    const { backend, version, sha256 } = start
    node.running.set(mount.path, {
      backend,
      version,
      sha256,
      nilAtSetup: before?.nilAtSetup ?? false,
      behind: before?.behind,
    })
    return undefined
  }
  // The listed version stays the same, although nothing runs any more.
  if (before !== undefined && BEHAVIOUR[state.product].failedReloadDropsBackend) {
    node.running.set(mount.path, { ...before, backend: { kind: 'nil' } })
  }
  return start.onSetup
}

export type Liveness =
  | { readonly kind: 'live'; readonly isReadOnly: boolean }
  | { readonly kind: 'nil' }
  | { readonly kind: 'failed'; readonly words: string }

/** The state of a mount for a request. Starts the mount's process again if it was lost. */
export function reachMount(state: State, node: Node, mount: Mount): Liveness {
  const running = node.running.get(mount.path)
  if (running === undefined || running.backend.kind === 'nil') return { kind: 'nil' }
  if (!isAlive(node, running.backend) && running.backend.kind === 'process') {
    const start = startPlugin(state, node, mount.plugin, running.backend.version)
    if (start.kind === 'failed') return { kind: 'failed', words: start.onDemand }
    // The listed version is that of the last reload, whatever was started since.
    node.running.set(mount.path, { ...running, backend: start.backend })
  }
  const { staysReadOnlyAfterNilSetup } = BEHAVIOUR[state.product]
  return { kind: 'live', isReadOnly: staysReadOnlyAfterNilSetup && running.nilAtSetup }
}
