/** Tokens with the policy that `lockstep policy` prints for a file, or with less than that. */
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { runOn } from './run-on-cluster.ts'

/** `edit` changes a line of the policy; an empty one is left out. */
export async function tokenFor(
  cluster: ClusterClient,
  file: string,
  edit: (line: string) => string = (line) => line,
): Promise<string> {
  const printed = await runOn(cluster, ['policy', '-f', file])
  const policy = printed.stdout.split('\n').map(edit).join('\n')
  const name = `lockstep-${String(policy.length)}`
  await cluster.request(0, 'POST', `sys/policies/acl/${name}`, { body: { policy } })
  const made = await cluster.request<{ auth: { client_token: string } }>(
    0,
    'POST',
    'auth/token/create',
    { body: { policies: [name] } },
  )
  return made.body.auth.client_token
}
