/** What each node says by itself of its mounts: the tests' own reading, none of the program's. */
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { describe } from '../cluster/cluster-client.ts'

export interface MountView {
  readonly type: string
  readonly accessor: string
  readonly plugin_version: string
  readonly running_sha256: string
}

/** The name of a node in texts: all nodes of a test have one host, so the name has the port. */
export function shortName(address: string): string {
  return address.replace('http://', '')
}

/** One node's mounts by path, auth methods under `auth/`. */
export type NodeMounts = ReadonlyMap<string, MountView>

const ownTypes = new Set(['cubbyhole', 'identity', 'system', 'token'])

/** By address: the nodes that answer for themselves, which a standby of Vault does not (307). */
export async function readNodeMounts(
  cluster: ClusterClient,
): Promise<ReadonlyMap<string, NodeMounts>> {
  const active = cluster.addresses[await cluster.activeIndex()]
  const views = new Map<string, NodeMounts>()
  for (const address of cluster.addresses) {
    const mounts = await readMounts(cluster, address)
    if (mounts !== undefined) views.set(address, mounts)
    else if (cluster.product !== 'vault' || address === active) {
      throw new Error(`${address} does not answer for itself`)
    }
  }
  return views
}

async function readMounts(
  cluster: ClusterClient,
  address: string,
): Promise<NodeMounts | undefined> {
  const mounts = new Map<string, MountView>()
  for (const [path, prefix] of [
    ['sys/mounts', ''],
    ['sys/auth', 'auth/'],
  ] as const) {
    const answer = await cluster.request<{ data: Record<string, MountView> }>(
      address,
      'GET',
      path,
      { noForwarding: true },
    )
    if (answer.status === 307) return undefined
    if (answer.status !== 200) throw new Error(`${address} ${path}: ${describe(answer)}`)
    for (const [mount, view] of Object.entries(answer.body.data)) {
      if (!ownTypes.has(view.type)) mounts.set(`${prefix}${mount}`, view)
    }
  }
  return mounts
}

/** The mounts whose backend does not answer, each with its node; a node that forwards is not asked. */
export async function findSilentMounts(cluster: ClusterClient): Promise<string[]> {
  const silent: string[] = []
  for (const [address, mounts] of await readNodeMounts(cluster)) {
    for (const mount of mounts.keys()) {
      const { status } = await cluster.request(address, 'GET', `${mount}?help=1`, {
        noForwarding: true,
      })
      if (status !== 200) silent.push(`${mount} on ${address}: ${String(status)}`)
    }
  }
  return silent
}

/** The SHA-256 of what a mount runs on each node that answers for itself, in the nodes' order. */
export async function hashesOf(
  cluster: ClusterClient,
  mount: string,
): Promise<(string | undefined)[]> {
  const views = await readNodeMounts(cluster)
  return [...views.values()].map((mounts) => mounts.get(mount)?.running_sha256)
}

export interface CatalogEntry {
  readonly type: string
  readonly name: string
  readonly version: string
  readonly builtin: boolean
  readonly sha256?: string
}

/** What is registered, as the active node says. */
export async function readExternalEntries(cluster: ClusterClient): Promise<CatalogEntry[]> {
  const answer = await cluster.request<{ data: { detailed: CatalogEntry[] } }>(
    await cluster.activeIndex(),
    'GET',
    'sys/plugins/catalog',
  )
  return answer.body.data.detailed.filter(({ builtin }) => !builtin)
}
