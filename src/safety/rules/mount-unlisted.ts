/** A node and the active node do not agree about which mounts there are. */
import { wrongLists } from '../../domain/live-index.ts'
import type { PlanRule } from '../rule.ts'
import { nameSome } from '../wording.ts'

export const mountUnlisted: PlanRule = {
  about: 'plan',
  name: 'mount-unlisted',
  severity: 'error',
  title: 'A node’s list of mounts is not the active node’s',
  explanation:
    'Each standby of OpenBao keeps a list of mounts of its own, which follows the active node’s. When several mounts are made or removed at once, a standby can miss one of the changes, and then keeps its list as it is until it restarts or becomes active. Such a standby still serves a mount that it does not list, with the binary that it started: which binary cannot be seen, and a plan has no step for that mount there. A mount that only a standby lists does not exist any more.',
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
          `${path} is ${isGone ? 'only listed' : 'not listed'} by ${nameSome(nodes)}`,
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
