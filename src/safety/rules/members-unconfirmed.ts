/** Only one list says which nodes the cluster has. */
import type { PlanRule } from '../rule.ts'

export const membersUnconfirmed: PlanRule = {
  about: 'plan',
  name: 'members-unconfirmed',
  severity: 'note',
  title: 'No second list confirms the nodes of the cluster',
  explanation:
    'The nodes of a cluster are read from `sys/ha-status` and compared with the Raft configuration. If the storage is not Raft, there is no second list. A node that `sys/ha-status` leaves out is then not in the plan, and nothing shows that it is missing.',
  fix: 'Compare the nodes of the plan with the nodes that you run, or list them under `cluster.nodes`.',
  allowable: true,
  judge({ live }) {
    if (live.members_unconfirmed !== true) return []
    return [
      {
        subject: 'sys/ha-status',
        message:
          'Only sys/ha-status lists the nodes: the storage is not Raft, so no second list confirms them.',
      },
    ]
  },
}
