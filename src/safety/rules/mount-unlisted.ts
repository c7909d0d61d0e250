/** The list of mounts of a node differs from the active node's. */
import { wrongLists } from '../../domain/live-index.ts'
import type { PlanRule } from '../rule.ts'
import { nameSome } from '../wording.ts'

export const mountUnlisted: PlanRule = {
  about: 'plan',
  name: 'mount-unlisted',
  severity: 'error',
  title: 'A node’s list of mounts is not the active node’s',
  explanation:
    'Each standby of OpenBao has its own list of mounts, a copy of the active node’s. When several mounts are made or removed at once, a standby can miss a change, and then keeps the wrong list until it restarts or becomes active. Such a standby still serves a mount that it does not list. Its binary is not known, and a plan has no step for that mount on that node. A mount that only a standby lists does not exist any more.',
  fix: 'Plan again in a moment: the node may only be behind. If the finding stays, restart the node.',
  allowable: false,
  judge({ live, draft }) {
    return draft.targets.flatMap(({ plugin }) => {
      const odd = draft.index
        .mountsOf(plugin.id)
        .map((mount) => ({ path: mount.path, ...wrongLists(mount, live) }))
        .filter(({ nodes }) => nodes.length > 0)
      if (odd.length === 0) return []
      const where = odd.map(
        ({ path, nodes, isGone }) =>
          `${path} is ${isGone ? 'listed only' : 'not listed'} by ${nameSome(nodes)}`,
      )
      return {
        subject: plugin.id,
        message: `The nodes do not list the same mounts of ${plugin.id}: ${nameSome(where)}.`,
        mounts: odd.map(({ path }) => path),
        nodes: odd.flatMap(({ nodes }) => nodes),
        at: plugin.source,
      }
    })
  },
}
