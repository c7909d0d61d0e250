/** Mounts that do not answer on a node, or that a node does not know of. */
import type { Difference } from '../documents/drift.generated.ts'
import type { MountOnNode } from '../domain/live.ts'
import { BUILTIN, type RunningBinary, UNKNOWN_HASH, UNVERSIONED } from '../domain/names.ts'
import { wrongLists } from '../domain/live-index.ts'
import { type ComparedMount, parts, type DesiredBinary } from './compared-mount.ts'
import { type Comparison, keptVersion } from './comparison.ts'

/** A node that came up without the plugin's file lists the mount and says nothing of what runs. */
export function isDown(view: MountOnNode, due: RunningBinary | undefined): boolean {
  if (view.answers !== 'unchecked') return view.answers === 'no'
  return startedNothing(view) && due !== BUILTIN
}

function startedNothing({ running_sha256, running_version }: MountOnNode): boolean {
  return running_sha256 === UNKNOWN_HASH && running_version === UNVERSIONED
}

export function reportDownMount(
  compared: ComparedMount,
  view: MountOnNode,
  wanted: DesiredBinary | undefined,
  comparison: Comparison,
): Difference {
  const { plugin, target } = compared
  const cameUpWithout = startedNothing(view)
  const command =
    wanted === undefined
      ? undefined
      : (keptVersion(plugin, wanted.version)?.command ??
        comparison.index.external(plugin.id, wanted.version)?.command)
  const file = command ?? 'the plugin’s file'
  // Vault: a mount whose backend was nil at unseal stays read-only after a reload.
  const vault =
    comparison.live.product === 'vault'
      ? '; if writes are then refused (`cannot write to storage during setup`), step the node down'
      : ''
  const reload = target === undefined ? `reload it on ${view.node}` : comparison.apply
  return {
    class: 'mount-down',
    ...parts(compared, wanted, view),
    node: view.node,
    found: 'does not answer',
    cause: cameUpWithout
      ? `the node started without its plugin${detailOf(view)}`
      : `the last reload or start of its plugin failed there${detailOf(view)}`,
    fix: `see that ${file} lies in the plugin directory of the node, unchanged; then ${reload}${vault}`,
  }
}

function detailOf({ detail }: MountOnNode): string {
  return detail === undefined || detail === '' ? '' : `: ${detail}`
}

/** A node that does not have the mount in its list, or has one that the active node has not. */
export function findUnlisted(
  compared: ComparedMount,
  wanted: DesiredBinary | undefined,
  { live }: Comparison,
): Difference[] {
  const { nodes, isGone } = wrongLists(compared.mount, live)
  return nodes.map((node): Difference => ({
    class: 'mount-missing',
    ...parts(compared, wanted, undefined),
    node,
    found: isGone ? 'listed, and gone from the active node' : 'not listed',
    cause: 'the node has missed a change of the mount table, or is behind in replication',
    fix: 'look again in a moment; if it stays so, restart the node',
  }))
}
