/** The file is for another cluster. */
import type { PlanRule } from '../rule.ts'

export const wrongCluster: PlanRule = {
  about: 'plan',
  name: 'wrong-cluster',
  severity: 'error',
  title: 'The file is for another cluster',
  explanation:
    'The file says the name of the cluster it is for, and the server says another. An address taken from the environment is easily that of another cluster. No plan is carried out there.',
  fix: 'Check the address (BAO_ADDR, VAULT_ADDR, --address, cluster.address), or correct cluster.name.',
  allowable: false,
  judge({ desired, live }) {
    const { name } = desired.cluster
    if (name === undefined || name.value === live.cluster.name) return []
    return [
      {
        subject: name.value,
        message: `The file is for the cluster ${name.value}, and this is ${live.cluster.name}.`,
        at: name.source,
      },
    ]
  },
}
