/** Tokens as the READMEs of the pipelines ask for them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkout } from '../cli/run-lockstep.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'

/** The policy that SECURITY.md prints for the job that plans pull requests. */
export async function readOnlyPolicy(): Promise<string> {
  const page = await readFile(join(checkout, 'SECURITY.md'), 'utf8')
  const policy = /```hcl\n([^]*?)```/.exec(page)?.[1]
  if (policy === undefined) throw new Error('SECURITY.md has no policy')
  return policy
}

export async function makeToken(
  cluster: ClusterClient,
  name: string,
  policy: string,
): Promise<string> {
  await cluster.request(0, 'POST', `sys/policies/acl/${name}`, { body: { policy } })
  const made = await cluster.request<{ auth: { client_token: string } }>(
    0,
    'POST',
    'auth/token/create',
    { body: { policies: [name] } },
  )
  return made.body.auth.client_token
}
