/** The file is for another cluster. */
import type { PlanRule } from '../rule.ts'

export const wrongCluster: PlanRule = {
  about: 'plan',
  name: 'wrong-cluster',
  severity: 'error',
  title: 'The file is for another cluster',
  explanation:
    'The file names the cluster that it is for, but the server belongs to another cluster. An address from the environment is easily the wrong one. No plan is applied there.',
  fix: 'Check the address (BAO_ADDR, VAULT_ADDR, --address, cluster.address), or correct cluster.name.',
  allowable: false,
  judge({ desired, live }) {
    const { name } = desired.cluster
    if (name === undefined || name.value === live.cluster.name) return []
    return [
      {
        subject: name.value,
        message: `The file is for the cluster ${name.value}, but this cluster is ${live.cluster.name}.`,
        at: name.source,
      },
    ]
  },
}
