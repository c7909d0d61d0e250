/** What the nodes of a cluster wrote to their audit logs: which requests they got, and when. */
import { readFile } from 'node:fs/promises'
import type { ClusterClient } from '../cluster/cluster-client.ts'

export interface AuditedRequest {
  /** The address of the node that was asked. */
  readonly node: string
  /** RFC 3339, in UTC, with nanoseconds. */
  readonly time: string
  readonly operation: string
  readonly path: string
}

interface AuditLine {
  readonly type: string
  readonly time: string
  readonly request: { readonly operation: string; readonly path: string }
}

/** Marks this moment: what was asked before it is not meant. */
export async function markAuditLogs(
  cluster: ClusterClient,
): Promise<() => Promise<AuditedRequest[]>> {
  const before = await readRequests(cluster)
  const seen = new Map<string, number>()
  for (const { node } of before) seen.set(node, (seen.get(node) ?? 0) + 1)
  return async () => {
    const all = await readRequests(cluster)
    return cluster.addresses
      .flatMap((address) =>
        all.filter(({ node }) => node === address).slice(seen.get(address) ?? 0),
      )
      .sort((a, b) => (a.time < b.time ? -1 : 1))
  }
}

/** Those that change something. */
export function writesAmong(requests: readonly AuditedRequest[]): AuditedRequest[] {
  return requests.filter(
    ({ operation, path }) =>
      !['read', 'list', 'help'].includes(operation) && path !== 'sys/capabilities-self',
  )
}

async function readRequests(cluster: ClusterClient): Promise<AuditedRequest[]> {
  const requests: AuditedRequest[] = []
  for (const { address, auditLog } of cluster.description.nodes) {
    if (auditLog === undefined) throw new Error('the cluster was started without audit')
    for (const line of (await readIfThere(auditLog)).split('\n')) {
      if (line === '') continue
      const { type, time, request } = JSON.parse(line) as AuditLine
      if (type !== 'request') continue
      requests.push({ node: address, time, operation: request.operation, path: request.path })
    }
  }
  return requests
}

/** Only a node that serves opens its audit device: a standby of Vault has no file. */
async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
