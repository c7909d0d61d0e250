/** Tokens with exactly the policies that the documents give the jobs of a pipeline. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkout } from '../cli/run-lockstep.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { tokenFor } from '../real/policy-token.ts'

export interface PipelineTokens {
  /** Of the jobs that plan and look for drift: the policy that SECURITY.md prints. */
  readonly read: string
  /** Of the job that applies: the policy that `lockstep policy` prints. */
  readonly write: string
}

/** `file`: the desired state that the pipeline applies. */
export async function makeTokens(cluster: ClusterClient, file: string): Promise<PipelineTokens> {
  return {
    read: await makeToken(cluster, 'lockstep-read', await readOnlyPolicy()),
    write: await tokenFor(cluster, file),
  }
}

/** The policy that SECURITY.md prints for the job that plans pull requests. */
async function readOnlyPolicy(): Promise<string> {
  const page = await readFile(join(checkout, 'SECURITY.md'), 'utf8')
  const policy = /```hcl\n([^]*?)```/.exec(page)?.[1]
  if (policy === undefined) throw new Error('SECURITY.md has no policy')
  return policy
}

async function makeToken(cluster: ClusterClient, name: string, policy: string): Promise<string> {
  await cluster.request(0, 'POST', `sys/policies/acl/${name}`, { body: { policy } })
  const made = await cluster.request<{ auth: { client_token: string } }>(
    0,
    'POST',
    'auth/token/create',
    { body: { policies: [name] } },
  )
  return made.body.auth.client_token
}
