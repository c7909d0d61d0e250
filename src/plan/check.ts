/**
 * Makes `check` steps: for mounts that run their target on a node where no record says that their
 * checks passed. A check sends no write. Without check steps, a run that was interrupted during a
 * canary's checks would let the next run change every other mount to the version that may have
 * failed on the canary.
 */
import type { LiveNode } from '../domain/live.ts'
import type { Namespace } from '../domain/names.ts'
import { checkKey, type CheckRecords, hasPassed } from './checked.ts'
import {
  type MountChange,
  restoresOn,
  runningFact,
  expectedRunning,
  undoOf,
  verificationsOf,
  viewOn,
  findReloadReason,
} from './reload.ts'
import type { UnorderedStep } from './steps.ts'
import { mountFact } from './tune.ts'

export interface CheckNeeds {
  readonly checks: CheckRecords
  /** The mounts that a saved plan reloads or checks, by `checkKey`. */
  readonly requested: ReadonlySet<string>
  /**
   * True if more steps of the plugin follow: then a canary without a record is checked before them.
   */
  readonly isFollowed: boolean
  /** True if the plan reloads the mount on some node. */
  readonly isReloaded: (change: MountChange) => boolean
}

/** Why a mount must be checked on a node. Undefined if no check is needed. */
export function findCheckReason(
  change: MountChange,
  node: LiveNode,
  needs: CheckNeeds,
): string | undefined {
  const { target } = change
  const { mount, canary, verify } = target
  if (!canary && verify.length === 0) return undefined
  const view = viewOn(mount, node)
  // A mount that is reloaded on the node is checked after that reload.
  if (view === undefined || findReloadReason(change, view) !== undefined) return undefined
  const key = checkKey(mount.path, node.address)
  const record = needs.checks.get(key)
  if (hasPassed(record, { ...expectedRunning(target), verify: verificationsOf(change) }))
    return undefined
  if (record?.kind === 'open') return 'a run ended before its checks passed'
  const isNeeded = needs.isReloaded(change) || (canary && needs.isFollowed)
  return isNeeded || needs.requested.has(key) ? 'no record says that its checks passed' : undefined
}

/**
 * The check of one namespace's mounts on one node. `changes`: those that need the check there,
 * sorted by path.
 */
export function checkStep(
  node: LiveNode,
  namespace: Namespace,
  changes: readonly MountChange[],
  { group, why }: { readonly group: string; readonly why: string },
): UnorderedStep {
  const mounts = changes.map(({ target }) => target.mount.path)
  const at = { node: node.address, namespace }
  const where = namespace === '' ? '' : ` in ${namespace}`
  const verify = changes.flatMap(verificationsOf)
  const role = node.role === 'active' ? 'active node' : 'standby'
  return {
    id: `check ${group}${where} on ${node.address}`,
    group,
    action: { kind: 'check', ...at, mounts },
    requires: changes.map(({ target }) => mountFact(target.mount, target.mount.configured_version)),
    ensures: changes.map(({ target }) => runningFact(target.mount, node, target)),
    undo: undoOf(changes, at),
    restores: restoresOn(node, changes),
    why: `${role}: ${why}`,
    ...(verify.length > 0 && { verify }),
  }
}
