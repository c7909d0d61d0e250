/** A node whose plugins cannot be read and that no step can reach. */
import { perhapsNotSetUp } from '../../domain/doubled-namespaces.ts'
import { unreachable } from '../../domain/errors.ts'
import type { LiveNode } from '../../domain/live.ts'
import type { PlanRule } from '../rule.ts'
import { nodeTopic } from '../topics.ts'

export const nodeUnreachable: PlanRule = {
  about: 'plan',
  name: 'node-unreachable',
  severity: 'error',
  title: 'A node cannot be reached or is sealed',
  explanation:
    'A reload reaches only the node it is sent to, and this node does not answer, is sealed, or is not in the list of nodes given. When the node comes back, it starts the plugins that are configured at that time, from its own disk, and no run checks that. A node of OpenBao that just stepped down forwards requests to the active node for a moment: what it runs is unknown until it serves again. If you allow this, check the node yourself when it is back.',
  fix: 'Bring the node back, unseal it, remove it from the cluster, or list its own address under `cluster.nodes` or with `--node`; then plan again.',
  allowable: true,
  judge({ live }) {
    const mayFailToServe = new Set(perhapsNotSetUp(live).map(({ address }) => address))
    return live.nodes.flatMap((node) => {
      const state = describe(node)
      if (state === undefined) return []
      return {
        subject: node.address,
        message: `${node.address} ${state}, so the plan has no step for it, and its plugins are unknown.`,
        nodes: [node.address],
        topics: [nodeTopic(node.address)],
        ...(mayFailToServe.has(node.address) && {
          fix: 'Plan again in a moment. If the node still does not serve then, read its log before you change the leader or restart any node: with `cannot mount under existing mount` in it, no other node could lead (`lockstep explain builtin-version-with-namespaces`).',
        }),
      }
    })
  },
}

function describe({ state, detail, unasked }: LiveNode): string | undefined {
  const words = detail === undefined || detail === state ? '' : ` (${detail})`
  switch (state) {
    case 'unreachable':
      return `${unasked === true ? 'was not asked' : 'could not be reached'}${words}`
    case 'sealed':
      return `is sealed${words}`
    case 'not-ready':
      return `sends requests to the active node at the moment${words}`
    // A standby that is configured to forward runs no plugins.
    case 'forwarding':
    case 'serving':
      return undefined
    default:
      return unreachable(state)
  }
}
