/**
 * A fault of OpenBao (seen in 2.7.2) that costs a cluster its leader: a node that begins to lead
 * clears the versions of builtins that mounts were tuned to, and writes its mounts down again, those
 * of namespaces among the root's too. Whatever is set up after that finds them twice, and fails with
 * `cannot mount under existing mount`: a standby serves no more, and no node can lead.
 */
import type { LiveMount, LiveNode, LiveState } from './live.ts'
import { isBuiltinVersion } from './names.ts'

/** Whether a mount tuned to a builtin's version has that effect: there are namespaces, or may be. */
export function mayDoubleNamespaces({ product, namespaces, unreadable }: LiveState): boolean {
  if (product !== 'openbao') return false
  return namespaces.length > 1 || unreadable.some(({ what }) => what === 'namespaces')
}

/** The nodes that send on what they are meant to answer themselves, as one does that cannot be set up. */
export function perhapsNotSetUp(live: LiveState): readonly LiveNode[] {
  if (!mayDoubleNamespaces(live)) return []
  return live.nodes.filter(({ state, role }) => state === 'not-ready' && role === 'standby')
}

/** The mounts that stand on a builtin's version on such a cluster. */
export function doublingMounts(live: LiveState): readonly LiveMount[] {
  if (!mayDoubleNamespaces(live)) return []
  return live.mounts.filter((mount) => isBuiltinVersion(mount.configured_version))
}
