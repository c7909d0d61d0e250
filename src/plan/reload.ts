/**
 * Makes `reload` steps. A step is one request to one node and names every mount of a group that
 * must be reloaded there. A reload reaches only the node that it is sent to, so each node has its
 * own step.
 */
import type { RunningFact, StepVerification } from '../documents/plan.generated.ts'
import type { LiveMount, LiveNode, MountOnNode } from '../domain/live.ts'
import {
  type RunningBinary,
  isBuiltinVersion,
  type MountPath,
  type Namespace,
  type NodeAddress,
  type PluginId,
  UNVERSIONED,
  type Version,
} from '../domain/names.ts'
import { count } from '../domain/count.ts'
import { groupBy } from '../domain/group-by.ts'
import { verificationOf } from './checked.ts'
import { entryFact, type Fact, type SeenEntry, type UnorderedStep } from './steps.ts'
import type { MountTarget } from './targets.ts'
import { mountFact, mountFactOn } from './tune.ts'
import type { RollbackTarget } from './rollback-target.ts'

/** A mount that a plan changes, with what its steps need. */
export interface MountChange {
  readonly target: MountTarget
  /** True if the plan changes the mount's configured version. */
  readonly tuned: boolean
  /** Nodes that still list another version although the active node has the desired one. */
  readonly behind: readonly NodeAddress[]
  /** True if the plan changes the entry that the mount runs. */
  readonly entryChanged: boolean
  /** The entry under the target version at the reload. Null if none is needed. */
  readonly entry: SeenEntry | null
  readonly back: RollbackTarget | undefined
  /**
   * True if an earlier run changed the entry and did not reload the mount there, or if a saved plan
   * reloads the mount there and no record says that this was done.
   */
  readonly isUnreloaded: (node: NodeAddress) => boolean
}

/** Why a mount is reloaded on a node, in words for one mount and for several. */
export const RELOAD_REASONS = {
  down: { ofOne: 'down', ofMany: 'down' },
  binary: { ofOne: 'runs another binary', ofMany: 'run another binary' },
  version: { ofOne: 'runs under another version', ofMany: 'run under another version' },
  entry: {
    ofOne: 'runs the entry from before the change',
    ofMany: 'run the entry from before the change',
  },
  unfinished: {
    ofOne: 'without a record of a reload since the entry was changed',
    ofMany: 'without a record of a reload since the entry was changed',
  },
} as const
export type ReloadReason = keyof typeof RELOAD_REASONS

/**
 * Why a node must reload a mount. Undefined if the node runs the target from the entry of the plan.
 */
export function findReloadReason(change: MountChange, view: MountOnNode): ReloadReason | undefined {
  const differs = findDifference(view, expectedRunning(change.target))
  if (differs !== undefined || change.target.use.kind === 'builtin') return differs
  if (change.entryChanged) return 'entry'
  return change.isUnreloaded(view.node) ? 'unfinished' : undefined
}

/**
 * The difference between a node's view of a mount and a target, as far as the server's list shows
 * it. Other reasons for a reload come from the plan and the journals.
 */
export function findDifference(
  view: MountOnNode,
  { sha256, version }: { readonly sha256: RunningBinary; readonly version?: Version },
): 'down' | 'binary' | 'version' | undefined {
  if (view.answers === 'no') return 'down'
  if (view.running_sha256 !== sha256) return 'binary'
  // The same binary may be registered under two versions. Then only the version that the server
  // copied shows the difference.
  return version !== undefined && view.running_version !== version ? 'version' : undefined
}

/** A node's view of a mount. Undefined if the node does not list the mount. */
export function viewOn(mount: LiveMount, node: LiveNode): MountOnNode | undefined {
  return mount.nodes.find((view) => view.node === node.address)
}

/** A mount that a node must reload, and why. */
export interface NeededReload {
  readonly change: MountChange
  readonly reason: ReloadReason
}

export function findNeededReloads(changes: readonly MountChange[], node: LiveNode): NeededReload[] {
  return changes.flatMap((change) => {
    const view = viewOn(change.target.mount, node)
    const reason = view && findReloadReason(change, view)
    return reason === undefined ? [] : { change, reason }
  })
}

/** The reload of one namespace's mounts on one node. `needed` is sorted by path. */
export function reloadStep(
  plugin: PluginId,
  node: LiveNode,
  namespace: Namespace,
  needed: readonly NeededReload[],
  group: string,
): UnorderedStep {
  const changes: MountChange[] = []
  const mounts: MountPath[] = []
  const requires: Fact[] = []
  const ensures: Fact[] = []
  const verify: StepVerification[] = []
  for (const { change } of needed) {
    const { target, tuned } = change
    const { mount } = target
    const configured = tuned ? target.configured : mount.configured_version
    changes.push(change)
    mounts.push(mount.path)
    requires.push(mountFact(mount, configured), mountFactOn(node.address, mount, configured))
    ensures.push(runningFact(mount, node, target))
    if (target.verify.length > 0) verify.push(...verificationsOf(change))
  }
  requires.push(...entryFactsOf(plugin, node, changes))
  const action = { kind: 'reload' as const, node: node.address, namespace, mounts }
  const where = namespace === '' ? '' : ` in ${namespace}`
  const unobservable = needed.filter(isUnobservable)
  return {
    id: `reload ${group}${where} on ${node.address}`,
    group,
    action,
    requires,
    ensures,
    undo: undoOf(changes, action),
    restores: restoresOn(node, changes),
    why: whyReload(node, needed),
    ...(unobservable.length > 0 && {
      unobservable: unobservable.map(({ change }) => change.target.mount.path),
    }),
    ...(verify.length > 0 && { verify }),
  }
}

/**
 * No server reports the arguments or the environment of a running process, so such a reload cannot
 * be verified.
 */
function isUnobservable({ reason }: NeededReload): boolean {
  return reason === 'entry' || reason === 'unfinished'
}

/** The checks that the file has for the mount. */
export function verificationsOf({ target }: MountChange): StepVerification[] {
  return target.verify.map((check) => verificationOf(target.mount.path, check))
}

/** The fact that a mount runs a target on a node. */
export function runningFact(
  { path: mount, namespace }: LiveMount,
  { address: node }: LiveNode,
  target: Pick<MountTarget, 'version' | 'sha256'>,
): RunningFact {
  const { sha256, version } = expectedRunning(target)
  return version === undefined
    ? { fact: 'running', mount, namespace, node, sha256 }
    : { fact: 'running', mount, namespace, node, sha256, version }
}

/**
 * The binary that must run, and the version if the mount has one: the same binary may be registered
 * under two versions.
 */
export function expectedRunning({
  version,
  sha256,
}: Pick<MountTarget, 'version' | 'sha256'>): Pick<RunningFact, 'version' | 'sha256'> {
  const isVersioned = version !== UNVERSIONED && !isBuiltinVersion(version)
  return isVersioned ? { sha256, version } : { sha256 }
}

/** The facts on a node after the changes were rolled back there. */
export function restoresOn(node: LiveNode, changes: readonly MountChange[]): Fact[] {
  const facts: Fact[] = []
  for (const { target, back } of changes) {
    if (back === undefined) continue
    const { mount } = target
    facts.push(mountFactOn(node.address, mount, back.configured), runningFact(mount, node, back))
  }
  return facts
}

/**
 * The facts that the node sees the entries. A standby of OpenBao sees a registration later than the
 * active node, and a reload before that starts the old entry.
 */
function entryFactsOf(plugin: PluginId, node: LiveNode, changes: readonly MountChange[]) {
  const entries = new Map<Version, SeenEntry | null>()
  for (const { target, entry } of changes) {
    if (!isBuiltinVersion(target.version)) entries.set(target.version, entry)
  }
  return [...entries].map(([version, entry]) => entryFact(plugin, version, entry, node.address))
}

/**
 * The requests that roll back a reload. A mount that an earlier run tuned is tuned too; a mount
 * that this plan tunes has a tune step with its own undo. A mount without a rollback target is left
 * alone: the node may be healthy, and a reload could lose the mount.
 */
export function undoOf(
  changes: readonly MountChange[],
  { node, namespace }: { readonly node: NodeAddress; readonly namespace: Namespace },
): UnorderedStep['undo'] {
  const undo: UnorderedStep['undo'] = []
  const mounts: MountPath[] = []
  for (const { target, tuned, back } of changes) {
    if (back === undefined) continue
    const { path: mount, namespace, configured_version } = target.mount
    mounts.push(mount)
    if (tuned || back.configured === configured_version) continue
    undo.push({ kind: 'tune', mount, namespace, version: back.configured })
  }
  if (mounts.length > 0) undo.push({ kind: 'reload', node, namespace, mounts })
  return undo
}

function whyReload(node: LiveNode, needed: readonly NeededReload[]): string {
  const role = node.role === 'active' ? 'active node' : 'standby'
  const summary = [...groupBy(needed, ({ reason }) => reason)].map(
    ([reason, alike]) =>
      `${count(alike.length, 'mount')} ${RELOAD_REASONS[reason][alike.length === 1 ? 'ofOne' : 'ofMany']}`,
  )
  return `${role}: ${summary.join(', ')}`
}
