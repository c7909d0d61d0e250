/**
 * Brings a cluster that several test files share back to how it started: no mounts, auth methods,
 * external plugins, pins, namespaces or policies but the server's own. Only for tests: the product
 * never disables a mount.
 */
import { describe, type ClusterClient } from './cluster-client.ts'
import type { Answer } from './server-request.ts'
import { throughElections } from './elections.ts'
import { waitUntil } from './wait-until.ts'

/** The types of the mounts every server has and none can be without, in namespaces too. */
const ownMountTypes = new Set(
  ['cubbyhole', 'identity', 'system', 'token'].flatMap((type) => [type, `ns_${type}`]),
)
const ownPolicies = new Set(['default', 'root', 'response-wrapping'])

/**
 * Returns when every node that answers for itself has seen it. One mount goes at a time: a standby
 * of OpenBao that hears of two at once may miss one for good.
 */
export async function resetCluster(cluster: ClusterClient): Promise<void> {
  await cluster.waitUntilReady()
  await deleteNamespaces(cluster, '')
  for (const path of await strangeMounts(cluster, 'sys/mounts')) {
    await remove(cluster, `sys/mounts/${encodePath(path)}`)
    await cluster.waitUntilReady()
  }
  for (const path of await strangeMounts(cluster, 'sys/auth')) {
    await remove(cluster, `sys/auth/${encodePath(path)}`)
    await cluster.waitUntilReady()
  }
  for (const pin of await pins(cluster)) {
    await remove(cluster, `sys/plugins/pins/${pin.type}/${pin.name}`)
  }
  for (const { type, name, version } of await externalPlugins(cluster)) {
    const query = version ? `?version=${encodeURIComponent(version)}` : ''
    await remove(cluster, `sys/plugins/catalog/${type}/${encodePath(name)}${query}`)
  }
  for (const name of await keys(cluster, 'sys/policies/acl', '')) {
    if (!ownPolicies.has(name)) await remove(cluster, `sys/policies/acl/${name}`)
  }
  await waitUntil('all nodes have seen the reset', () => whyNotSeen(cluster))
}

/** A mount's or plugin's name as a request path has it: tests give some odd names. */
function encodePath(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/')
}

async function deleteNamespaces(cluster: ClusterClient, parent: string): Promise<void> {
  // OpenBao only; elsewhere the list is not found. One with children is not deleted.
  for (const name of await keys(cluster, 'sys/namespaces', parent)) {
    await deleteNamespaces(cluster, `${parent}${name}`)
    await remove(cluster, `sys/namespaces/${name.replace(/\/$/, '')}`, parent)
  }
  await waitUntil('the namespaces are gone', async () => {
    const left = await keys(cluster, 'sys/namespaces', parent)
    return left.length === 0 ? undefined : left.join(', ')
  })
}

interface MountList {
  readonly data: Readonly<Record<string, { readonly type: string }>>
}

/** The paths of the mounts or auth methods that are not the server's own. */
async function strangeMounts(
  cluster: ClusterClient,
  list: 'sys/mounts' | 'sys/auth',
): Promise<string[]> {
  const { data } = demand(list, await ask<MountList>(cluster, 'GET', list))
  return Object.entries(data).flatMap(([path, { type }]) => (ownMountTypes.has(type) ? [] : [path]))
}

interface CatalogEntry {
  readonly type: string
  readonly name: string
  readonly version: string
  readonly builtin: boolean
}

interface Catalog {
  readonly data: { readonly detailed: readonly CatalogEntry[] }
}

async function externalPlugins(cluster: ClusterClient): Promise<readonly CatalogEntry[]> {
  const path = 'sys/plugins/catalog'
  const { data } = demand(path, await ask<Catalog>(cluster, 'GET', path))
  return data.detailed.filter((entry) => isStrangeEntry(cluster, entry))
}

function isStrangeEntry({ description }: ClusterClient, entry: CatalogEntry): boolean {
  const isDeclared = description.declared?.some(
    ({ type, name, version }) =>
      type === entry.type && name === entry.name && version === entry.version,
  )
  return !entry.builtin && isDeclared !== true
}

interface Pin {
  readonly type: string
  readonly name: string
}

async function pins(cluster: ClusterClient): Promise<readonly Pin[]> {
  const path = 'sys/plugins/pins'
  const answer = await ask<{ data: { pinned_versions: Pin[] | null } }>(cluster, 'GET', path)
  if (answer.status === 404) return [] // A server without pins.
  return demand(path, answer).data.pinned_versions ?? []
}

async function keys(cluster: ClusterClient, path: string, namespace: string): Promise<string[]> {
  const answer = await ask<{ data: { keys: string[] } }>(cluster, 'LIST', path, namespace)
  if (answer.status === 404) return [] // An empty list, or no such endpoint.
  return demand(path, answer).data.keys
}

/** Standbys of OpenBao follow the active node with a delay; Vault's keep nothing of their own. */
async function whyNotSeen(cluster: ClusterClient): Promise<string | undefined> {
  const own = { noForwarding: true }
  for (const address of cluster.addresses) {
    for (const list of ['sys/mounts', 'sys/auth'] as const) {
      const answer = await cluster.request<MountList>(address, 'GET', list, own)
      if (answer.status === 307) continue
      const { data } = demand(list, answer)
      const left = Object.entries(data).filter(([, { type }]) => !ownMountTypes.has(type))
      if (left.length > 0) return `${address} still has ${left.map(([path]) => path).join(', ')}`
    }
    const path = 'sys/plugins/catalog'
    const answer = await cluster.request<Catalog>(address, 'GET', path, own)
    if (answer.status === 307) continue
    const { detailed } = demand(path, answer).data
    const left = detailed.filter((entry) => isStrangeEntry(cluster, entry))
    if (left.length > 0) return `${address} still lists ${left.map(({ name }) => name).join(', ')}`
  }
  return undefined
}

async function remove(cluster: ClusterClient, path: string, namespace = ''): Promise<void> {
  const answer = await ask(cluster, 'DELETE', path, namespace)
  if (answer.status >= 400) throw new Error(`DELETE ${path} answered ${describe(answer)}`)
}

/** On a busy machine the nodes may elect another leader at any moment. */
async function waitForActive(cluster: ClusterClient): Promise<number> {
  let active = -1
  await waitUntil('a node is active', async () => {
    active = await cluster.activeIndex()
    return undefined
  })
  return active
}

async function ask<Body>(
  cluster: ClusterClient,
  method: string,
  path: string,
  namespace = '',
): Promise<Answer<Body>> {
  return throughElections(async () => {
    const active = await waitForActive(cluster)
    return cluster.request<Body>(active, method, path, { ...(namespace && { namespace }) })
  })
}

function demand<Body>(path: string, answer: Answer<Body>): Body {
  if (answer.status === 200) return answer.body
  throw new Error(`${path} answered ${describe(answer)}`)
}
