/**
 * `reload` steps: one request to one node, naming every mount of a group that runs something
 * else there. A reload reaches only the node it is sent to, so each node has its own.
 */
import type { StepVerification } from '../documents/plan.generated.ts'
import type { LiveMount, LiveNode, MountOnNode } from '../domain/live.ts'
import {
  type RunningBinary,
  isBuiltinVersion,
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
import { mountFact } from './tune.ts'
import type { RollbackTarget } from './rollback-target.ts'

/** A mount that a plan moves, with what its steps need to know. */
export interface MountChange {
  readonly target: MountTarget
  /** True where the plan changes the mount's version. */
  readonly tuned: boolean
  /** Nodes that list it with another version though the active node has the wanted one. */
  readonly behind: readonly NodeAddress[]
  /** True where the plan changes the entry it runs. */
  readonly entryChanged: boolean
  /** What stands under the target version by the time of the reload; null: nothing need. */
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

/** Undefined where a node runs the target, as it is to be registered. */
export function whyToReload(move: MountChange, view: MountOnNode): ReloadReason | undefined {
  const differs = howItDiffers(view, runningOf(move.target))
  if (differs !== undefined || move.target.use.kind === 'builtin') return differs
  if (move.entryChanged) return 'entry'
  return move.isUnreloaded(view.node) ? 'unfinished' : undefined
}

/** What a listing can show: the rest is known from the plan and from journals. */
export function howItDiffers(
  view: MountOnNode,
  { sha256, version }: { readonly sha256: RunningBinary; readonly version?: Version },
): 'down' | 'binary' | 'version' | undefined {
  if (view.answers === 'no') return 'down'
  if (view.running_sha256 !== sha256) return 'binary'
  // The same binary may stand under two versions: then only the copied version tells.
  return version !== undefined && view.running_version !== version ? 'version' : undefined
}

/** The view a node has of a mount; undefined where it does not list it. */
export function viewOn(mount: LiveMount, node: LiveNode): MountOnNode | undefined {
  return mount.nodes.find((view) => view.node === node.address)
}

/** One namespace's reload on one node; `moves` are those that need it there, sorted by path. */
export function reloadStep(
  plugin: PluginId,
  node: LiveNode,
  namespace: Namespace,
  moves: readonly MountChange[],
  group: string,
): UnorderedStep {
  const mounts = moves.map((move) => move.target.mount.path)
  const action = { kind: 'reload' as const, node: node.address, namespace, mounts }
  const where = namespace === '' ? '' : ` in ${namespace}`
  const verify = moves.flatMap(verificationsOf)
  const unobservable = moves.filter((move) => isUnobservable(move, node))
  return {
    id: `reload ${group}${where} on ${node.address}`,
    group,
    action,
    requires: [
      ...moves.flatMap(({ target, tuned }) => {
        const configured = tuned ? target.configured : target.mount.configured_version
        const fact = mountFact(target.mount, configured)
        return [fact, { ...fact, node: node.address }]
      }),
      ...entriesSeen(plugin, node, moves),
    ],
    ensures: moves.map(({ target }) => running(target.mount, node, target)),
    undo: undoOf(moves, action),
    restores: restoresOn(node, moves),
    why: whyReload(node, moves),
    ...(unobservable.length > 0 && {
      unobservable: unobservable.map(({ target }) => target.mount.path),
    }),
    ...(verify.length > 0 && { verify }),
  }
}

/** Arguments and environment of a running process are in no answer of a server. */
function isUnobservable(change: MountChange, node: LiveNode): boolean {
  const view = viewOn(change.target.mount, node)
  const reason = view && whyToReload(change, view)
  return reason === 'entry' || reason === 'unfinished'
}

export function verificationsOf({ target }: MountChange): StepVerification[] {
  return target.verify.map((check) => verificationOf(target.mount.path, check))
}

/** Loaded under a version, that version too: the same binary may stand under two. */
export function running(
  mount: LiveMount,
  node: LiveNode,
  target: Pick<MountTarget, 'version' | 'sha256'>,
) {
  return {
    fact: 'running' as const,
    mount: mount.path,
    namespace: mount.namespace,
    node: node.address,
    ...runningOf(target),
  }
}

export function runningOf({ version, sha256 }: Pick<MountTarget, 'version' | 'sha256'>) {
  const versioned = version !== UNVERSIONED && !isBuiltinVersion(version)
  return { sha256, ...(versioned && { version }) }
}

/** What holds on a node once the moves are rolled back there. */
export function restoresOn(node: LiveNode, moves: readonly MountChange[]): Fact[] {
  return moves.flatMap(({ target, back }) =>
    back === undefined
      ? []
      : [
          { ...mountFact(target.mount, back.configured), node: node.address },
          running(target.mount, node, back),
        ],
  )
}

/** A standby learns of a registration a moment after the active node: what it sees must be asked. */
function entriesSeen(plugin: PluginId, node: LiveNode, moves: readonly MountChange[]) {
  const seen = new Map(
    moves
      .filter(({ target }) => !isBuiltinVersion(target.version))
      .map(({ target, entry }) => [target.version, entry]),
  )
  return [...seen].map(([version, entry]) => entryFact(plugin, version, entry, node.address))
}

/**
 * A mount tuned by an earlier run is tuned back too; one tuned by this plan has a step that does.
 * One that nothing is known to run again on is left alone: the node may be well, and a reload would
 * only be one more chance to lose it.
 */
export function undoOf(
  moves: readonly MountChange[],
  { node, namespace }: { readonly node: NodeAddress; readonly namespace: Namespace },
): UnorderedStep['undo'] {
  const tunes = moves.flatMap(({ target, tuned, back }) =>
    tuned || back === undefined || back.configured === target.mount.configured_version
      ? []
      : {
          kind: 'tune' as const,
          mount: target.mount.path,
          namespace: target.mount.namespace,
          version: back.configured,
        },
  )
  const mounts = moves.flatMap(({ target, back }) => (back === undefined ? [] : target.mount.path))
  return mounts.length === 0 ? [] : [...tunes, { kind: 'reload', node, namespace, mounts }]
}

function whyReload(node: LiveNode, moves: readonly MountChange[]): string {
  const role = node.role === 'active' ? 'active node' : 'standby'
  const reasons = moves.flatMap((move) => {
    const view = viewOn(move.target.mount, node)
    return (view && whyToReload(move, view)) ?? []
  })
  const told = [...groupBy(reasons, (reason) => reason)].map(
    ([reason, alike]) =>
      `${count(alike.length, 'mount')} ${RELOAD_REASONS[reason][alike.length === 1 ? 'ofOne' : 'ofMany']}`,
  )
  return `${role}: ${told.join(', ')}`
}
