/**
 * What runs on a node, mount by mount: set up when the node is unsealed or begins to lead, changed
 * by reloads, and started anew on demand where a process was lost.
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
 * Makes every backend of a node anew, as after an unseal; false where that fails, and nothing runs.
 *
 * A node of OpenBao that begins to lead forgets the builtins' versions and writes its mounts down
 * again: those of namespaces among the root's too, and the next that reads them there and in their
 * own place fails (2.7.2: `cannot mount under existing mount`).
 */
export function setUpNode(state: State, node: Node): boolean {
  node.kills = new Map()
  node.running = new Map()
  if (isStorageDamaged(state)) return false
  const leads = node.address === state.active
  if (leads) declareAgain(state)
  const mounts = [...state.mounts.values()]
  if (leads && mounts.some((mount) => doublesNamespaces(state, mount)))
    state.namespacesDoubled = true
  const { forgetsBuiltinVersionAtSetup } = BEHAVIOUR[state.product]
  const running: [MountPath, RunningBackend][] = []
  for (const mount of mounts) {
    const forgets = forgetsBuiltinVersionAtSetup && isBuiltinVersion(mount.configured)
    const configured = forgets ? UNVERSIONED : mount.configured
    if (forgets && leads) state.mounts.set(mount.path, { ...mount, configured })
    const behind = forgets && !leads ? UNVERSIONED : undefined
    running.push([mount.path, setUpMount(state, node, mount, configured, behind)])
  }
  node.running = new Map(running)
  if (leads) state.ranLast = new Map()
  return true
}

/** Whether nothing can be set up from what is stored: no node that does not lead already can lead. */
export function isStorageDamaged(state: State): boolean {
  return (
    state.namespacesDoubled ||
    state.declared.some(({ plugin, version }) => {
      // OpenBao 2.7.2: `conflicts with existing non-declarative plugin`.
      return state.catalog.get(plugin)?.get(version)?.declarative === false
    })
  )
}

/** A declared entry that was deregistered is there again for the next node that leads. */
function declareAgain(state: State): void {
  for (const entry of state.declared) {
    if (state.catalog.get(entry.plugin)?.has(entry.version) !== true) addEntry(state, entry)
  }
}

/** Whether the next node that begins to lead doubles the namespaces for this mount's version. */
export function doublesNamespaces(state: State, { configured }: Mount): boolean {
  const { forgetsBuiltinVersionAtSetup } = BEHAVIOUR[state.product]
  return forgetsBuiltinVersionAtSetup && isBuiltinVersion(configured) && hasMoreNamespaces(state)
}

/** Makes a mount's first backend on a node. */
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

/** Reloads one mount on one node; the words of the failure, or undefined when it runs. */
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
  // What it says it runs stays as it was, though nothing does any more.
  if (before !== undefined && BEHAVIOUR[state.product].failedReloadDropsBackend) {
    node.running.set(mount.path, { ...before, backend: { kind: 'nil' } })
  }
  return start.onSetup
}

export type Liveness =
  | { readonly kind: 'live'; readonly isReadOnly: boolean }
  | { readonly kind: 'nil' }
  | { readonly kind: 'failed'; readonly words: string }

/** What a request to a mount meets, starting its process anew where that was lost. */
export function reachMount(state: State, node: Node, mount: Mount): Liveness {
  const running = node.running.get(mount.path)
  if (running === undefined || running.backend.kind === 'nil') return { kind: 'nil' }
  if (!isAlive(node, running.backend) && running.backend.kind === 'process') {
    const start = startPlugin(state, node, mount.plugin, running.backend.version)
    if (start.kind === 'failed') return { kind: 'failed', words: start.onDemand }
    // What the mount says it runs is from its last reload, whatever was started since.
    node.running.set(mount.path, { ...running, backend: start.backend })
  }
  const { staysReadOnlyAfterNilSetup } = BEHAVIOUR[state.product]
  return { kind: 'live', isReadOnly: staysReadOnlyAfterNilSetup && running.nilAtSetup }
}
