/** Whether what was read may only look odd because a standby was behind the active node. */
import { groupBy } from '../domain/group-by.ts'
import type { LiveState } from '../domain/live.ts'

/**
 * False where one node's answers differ from another's in what all of them are told. A standby of
 * OpenBao learns of a token, a mount or a tune a moment after the active node (seen up to 0.2 s
 * later with 2.7.2): it sends a token that it does not know to the active node (307), or refuses it
 * (403). What a node runs is its own and may differ. A standby that
 * is configured to forward keeps no view of its own, and takes no part in this.
 */
export function nodesAgree({ nodes, mounts, unreadable }: LiveState): boolean {
  if (nodes.some(({ state }) => state === 'not-ready')) return false
  const serving = nodes.filter(({ state }) => state === 'serving').length
  // What every node refuses is a right that the token lacks.
  const refused = groupBy(
    unreadable.filter(({ what }) => what === 'mounts'),
    ({ path }) => path,
  )
  if ([...refused.values()].some((nodes) => nodes.length < serving)) return false
  return mounts.every(
    ({ nodes, configured_version }) =>
      nodes.length === serving &&
      nodes.every((node) => node.configured_version === configured_version),
  )
}
