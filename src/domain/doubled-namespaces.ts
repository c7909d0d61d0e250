/**
 * A bug of OpenBao (seen in 2.7.2) that costs a cluster its leader. A node that becomes active
 * clears the builtin versions that mounts were tuned to, and writes its mount table again, with the
 * mounts of all namespaces in the table of the root. After that, a node that sets up its mounts
 * finds them twice and fails with `cannot mount under existing mount`: a standby does not serve any
 * more, and no node can lead.
 */
import type { LiveMount, LiveNode, LiveState } from './live.ts'
import { isBuiltinVersion } from './names.ts'

/**
 * True if a mount that is tuned to a builtin's version has that effect: there are namespaces, or
 * there may be.
 */
export function mayDoubleNamespaces({ product, namespaces, unreadable }: LiveState): boolean {
  if (product !== 'openbao') return false
  return namespaces.length > 1 || unreadable.some(({ what }) => what === 'namespaces')
}

/**
 * The standbys that forward requests which they should answer themselves, as a node does that
 * cannot set up its mounts.
 */
export function perhapsNotSetUp(live: LiveState): readonly LiveNode[] {
  if (!mayDoubleNamespaces(live)) return []
  return live.nodes.filter(({ state, role }) => state === 'not-ready' && role === 'standby')
}

/** The mounts that are configured for a builtin's version on such a cluster. */
export function doublingMounts(live: LiveState): readonly LiveMount[] {
  if (!mayDoubleNamespaces(live)) return []
  return live.mounts.filter((mount) => isBuiltinVersion(mount.configured_version))
}
