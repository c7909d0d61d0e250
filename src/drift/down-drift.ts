/** Mounts that do not answer on a node, or that are missing in the mount list of a node. */
import type { FoundDifference } from './found-difference.ts'
import type { MountOnNode } from '../domain/live.ts'
import { BUILTIN, type RunningBinary, UNKNOWN_HASH, UNVERSIONED } from '../domain/names.ts'
import { wrongLists } from '../domain/live-index.ts'
import {
  type ComparedMount,
  commonFields,
  type DesiredBinary,
  type MountComparison,
} from './compared-mount.ts'
import { type Comparison, keptVersion } from './comparison.ts'

/** A node that started without the plugin's file lists the mount with no hash and no version. */
export function isDown(view: MountOnNode, started: RunningBinary | undefined): boolean {
  if (view.answers !== 'unchecked') return view.answers === 'no'
  return startedNothing(view) && started !== BUILTIN
}

function startedNothing({ running_sha256, running_version }: MountOnNode): boolean {
  return running_sha256 === UNKNOWN_HASH && running_version === UNVERSIONED
}

/** The difference for a mount that is down on the node of `view`. */
export function reportDownMount(
  { compared, comparison, desired }: MountComparison,
  view: MountOnNode,
): FoundDifference {
  const { plugin, target } = compared
  const hasNoPlugin = startedNothing(view)
  const command =
    desired === undefined
      ? undefined
      : (keptVersion(plugin, desired.version)?.command ??
        comparison.index.external(plugin.id, desired.version)?.command)
  const file = command ?? 'the plugin’s file'
  // Vault 1.21.4: a mount without a backend at unseal stays read-only after a reload.
  const vault =
    comparison.live.product === 'vault'
      ? '; if writes are then refused (`cannot write to storage during setup`), step the node down'
      : ''
  const reload = target === undefined ? `reload it on ${view.node}` : comparison.apply
  return {
    class: 'mount-down',
    ...commonFields(compared, desired, view),
    node: view.node,
    found: 'does not answer',
    cause: hasNoPlugin
      ? `the node started without its plugin${detailOf(view)}`
      : `the last reload or start of its plugin failed there${detailOf(view)}`,
    fix: `check that ${file} is in the plugin directory of the node, unchanged; then ${reload}${vault}`,
  }
}

function detailOf({ detail }: MountOnNode): string {
  return detail === undefined || detail === '' ? '' : `: ${detail}`
}

/** The nodes that do not list the mount, or list a mount that the active node does not. */
export function findUnlisted(
  compared: ComparedMount,
  desired: DesiredBinary | undefined,
  { live }: Comparison,
): FoundDifference[] {
  const { nodes, isGone } = wrongLists(compared.mount, live)
  return nodes.map((node): FoundDifference => ({
    class: 'mount-missing',
    ...commonFields(compared, desired, undefined),
    node,
    found: isGone ? 'listed here, but not on the active node' : 'not listed',
    cause: 'the node missed a change of the mount table, or its replication is behind',
    fix: 'check again in a moment; if the node still differs, restart it',
  }))
}
