/**
 * `check` steps: mounts that run what the file asks for, on nodes where no record says that their
 * checks passed. They send nothing. Without them a run that was cut off in a canary's checks would
 * let the next run move every other mount to the version that the canary may have failed on.
 */
import type { LiveNode } from '../domain/live.ts'
import type { Namespace } from '../domain/names.ts'
import { checkKey, type CheckRecords, hasPassed } from './checked.ts'
import {
  type MountChange,
  restoresOn,
  running,
  runningOf,
  undoOf,
  verificationsOf,
  viewOn,
  whyToReload,
} from './reload.ts'
import type { UnorderedStep } from './steps.ts'
import { mountFact } from './tune.ts'

export interface CheckNeeds {
  readonly checks: CheckRecords
  /** By `checkKey`: mounts whose checks a saved plan has. */
  readonly requested: ReadonlySet<string>
  /** True where steps of the plugin come after: a canary without a record is checked before them. */
  readonly followed: boolean
  /** True of a move that the plan reloads on some node. */
  readonly isReloaded: (move: MountChange) => boolean
}

/** Undefined where nothing need be checked of a mount on a node. */
export function whyToCheck(
  move: MountChange,
  node: LiveNode,
  needs: CheckNeeds,
): string | undefined {
  const { target } = move
  const { mount, canary, verify } = target
  const view = viewOn(mount, node)
  // One that is reloaded there is checked then.
  if (view === undefined || whyToReload(move, view) !== undefined) return undefined
  if (!canary && verify.length === 0) return undefined
  const key = checkKey(mount.path, node.address)
  const record = needs.checks.get(key)
  if (hasPassed(record, { ...runningOf(target), verify: verificationsOf(move) })) return undefined
  if (record?.kind === 'open') return 'a run ended before its checks were seen to pass'
  const isFollowed = canary ? needs.followed || needs.isReloaded(move) : needs.isReloaded(move)
  return isFollowed || needs.requested.has(key)
    ? 'no record says that its checks passed'
    : undefined
}

/** One namespace's check on one node; `moves` are those that need it there, sorted by path. */
export function checkStep(
  node: LiveNode,
  namespace: Namespace,
  moves: readonly MountChange[],
  { group, why }: { readonly group: string; readonly why: string },
): UnorderedStep {
  const mounts = moves.map(({ target }) => target.mount.path)
  const at = { node: node.address, namespace }
  const where = namespace === '' ? '' : ` in ${namespace}`
  const verify = moves.flatMap(verificationsOf)
  const role = node.role === 'active' ? 'active node' : 'standby'
  return {
    id: `check ${group}${where} on ${node.address}`,
    group,
    action: { kind: 'check', ...at, mounts },
    requires: moves.map(({ target }) => mountFact(target.mount, target.mount.configured_version)),
    ensures: moves.map(({ target }) => running(target.mount, node, target)),
    undo: undoOf(moves, at),
    restores: restoresOn(node, moves),
    why: `${role}: ${why}`,
    ...(verify.length > 0 && { verify }),
  }
}
