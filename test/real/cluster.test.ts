/** The harness itself: what every other real test takes for granted. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sha256Of } from '../cluster/cache.ts'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { pluginFiles } from '../cluster/plugin-files.ts'
import { describeOwn, describeReal, sharedCluster } from '../cluster/shared-cluster.ts'

const plugin = 'secrets-kv-0.16.2'

interface Health {
  readonly standby: boolean
  readonly cluster_name: string
}
interface Mounts {
  readonly data: Readonly<Record<string, { readonly running_sha256: string }>>
}

describeReal('the shared cluster', () => {
  it('has one active node and two standbys, of the product it says', async () => {
    const cluster = sharedCluster()

    const health = await Promise.all(
      cluster.addresses.map((address) =>
        cluster.request<Health & { version: string }>(address, 'GET', 'sys/health?standbyok=true'),
      ),
    )

    expect(health.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(health.filter(({ body }) => !body.standby)).toHaveLength(1)
    expect(new Set(health.map(({ body }) => body.cluster_name))).toEqual(new Set(['lab']))
    expect(new Set(health.map(({ body }) => body.version))).toEqual(new Set([cluster.version]))
  })

  it('has every plugin on every node, whole', async () => {
    const cluster = sharedCluster()

    for (const directory of cluster.pluginDirectories) {
      for (const file of pluginFiles) {
        const content = await readFile(join(directory, file))
        expect(sha256Of(content)).toBe(cluster.pluginSha256(file))
      }
    }
  })

  it('is clean after a reset', async () => {
    const cluster = sharedCluster()
    const active = await cluster.activeIndex()
    await mountKv(cluster)
    await cluster.request(active, 'POST', 'sys/auth/approle', { body: { type: 'approle' } })
    await cluster.request(active, 'PUT', 'sys/policies/acl/mine', { body: { policy: '' } })
    if (cluster.product === 'openbao') {
      await cluster.request(active, 'PUT', 'sys/namespaces/ns1', { body: {} })
      await cluster.request(active, 'PUT', 'sys/namespaces/ns2', { namespace: 'ns1', body: {} })
    }

    await cluster.reset()

    const mounts = await cluster.request<Mounts>(active, 'GET', 'sys/mounts')
    const auth = await cluster.request<Mounts>(active, 'GET', 'sys/auth')
    const policies = await cluster.request<{ data: { keys: string[] } }>(
      active,
      'LIST',
      'sys/policies/acl',
    )
    const namespaces = await cluster.request(active, 'LIST', 'sys/namespaces')
    const entry = await cluster.request(active, 'GET', entryPath)
    expect(Object.keys(mounts.body.data)).not.toContain('my-kv/')
    expect(Object.keys(auth.body.data)).toEqual(['token/'])
    expect(policies.body.data.keys).not.toContain('mine')
    expect(namespaces.status).toBe(404)
    expect(entry.status).toBe(404)
  })
})

describeOwn('a cluster of its own', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await startCluster({ plugins: [plugin], clusterName: 'own', audit: true })
  })
  afterAll(() => cluster.stop())

  it('runs a plugin where its product runs plugins', async () => {
    await mountKv(cluster)
    const active = await cluster.activeIndex()

    const written = await cluster.request(active, 'POST', 'my-kv/kept', { body: { value: '1' } })

    expect(written.status).toBe(204)
    for (const [index, answer] of (await ownMounts(cluster)).entries()) {
      if (cluster.product === 'vault' && index !== active) {
        expect(answer.status).toBe(307)
      } else {
        expect(answer.body.data['my-kv/']?.running_sha256).toBe(cluster.pluginSha256(plugin))
      }
    }
  })

  it('writes an audit log on the node that was asked', async () => {
    const active = await cluster.activeIndex()

    const log = await readFile(cluster.node(active).auditLog ?? '', 'utf8')

    expect(log).toContain('"path":"my-kv/kept"')
  })

  it('takes in a node that was killed and restarted', async () => {
    const standby = ((await cluster.activeIndex()) + 1) % 3
    const node = cluster.node(standby)

    await node.stop()
    expect(node.isUp).toBe(false)
    await expect(cluster.request(standby, 'GET', 'sys/health')).rejects.toThrow('ECONNREFUSED')
    await node.restart()

    expect(node.isUp).toBe(true)
    expect(await listSecrets(cluster, standby)).toEqual(['kept'])
  })

  it('elects another node when the active one is killed', async () => {
    const before = await cluster.activeIndex()

    await cluster.node(before).stop()
    await cluster.waitUntilReady()

    const after = await cluster.activeIndex()
    expect(after).not.toBe(before)
    expect(await listSecrets(cluster, after)).toEqual(['kept'])
    await cluster.node(before).restart()
    expect(await listSecrets(cluster, before)).toEqual(['kept'])
  })

  it('can have one node sealed', async () => {
    const standby = ((await cluster.activeIndex()) + 1) % 3

    await cluster.node(standby).seal()

    const { status } = await cluster.request(standby, 'GET', 'sys/health')
    expect(status).toBe(503)
    await cluster.node(standby).unseal()
    await cluster.waitUntilReady()
    expect(await listSecrets(cluster, standby)).toEqual(['kept'])
  })

  it('hands over on a step-down, and every node answers at once', async () => {
    const before = await cluster.activeIndex()

    await cluster.stepDown()

    expect(await cluster.activeIndex()).not.toBe(before)
    for (const index of cluster.nodes.keys()) {
      expect(await listSecrets(cluster, index)).toEqual(['kept'])
    }
  })
})

describeOwn('a stopped cluster', () => {
  it('leaves no process and no folder', async () => {
    const cluster = await startCluster({ plugins: [plugin], nodes: 1, tls: true })
    await mountKv(cluster)
    expect(processesOf(cluster)).not.toEqual([])

    await cluster.stop()

    expect(existsSync(cluster.folder)).toBe(false)
    expect(processesOf(cluster)).toEqual([])
  })
})

const entryPath = 'sys/plugins/catalog/secret/my-kv?version=v0.16.2'

/** Registers the plugin as `my-kv`, mounts it, and waits until all nodes have the mount. */
async function mountKv(cluster: ClusterClient): Promise<void> {
  const active = await cluster.activeIndex()
  const sha256 = cluster.pluginSha256(plugin)
  const register = { command: plugin, sha256, version: 'v0.16.2' }
  await cluster.request(active, 'POST', entryPath, { body: register })
  const mount = { type: 'my-kv', config: { plugin_version: 'v0.16.2' } }
  const mounted = await cluster.request(active, 'POST', 'sys/mounts/my-kv', { body: mount })
  expect(mounted.status).toBe(204)
  await expect
    .poll(async () =>
      (await ownMounts(cluster)).every(
        ({ status, body }) => status === 307 || 'my-kv/' in body.data,
      ),
    )
    .toBe(true)
}

/** Every node's own answer. */
function ownMounts(cluster: ClusterClient) {
  return Promise.all(
    cluster.addresses.map((address) =>
      cluster.request<Mounts>(address, 'GET', 'sys/mounts', { noForwarding: true }),
    ),
  )
}

/**
 * What is stored, as this node answers it. By listing, since reading a secret of this plugin makes
 * a lease, which a standby of OpenBao cannot store: it answers 500.
 */
async function listSecrets(cluster: ClusterClient, index: number): Promise<unknown> {
  const answer = await cluster.request<{ data?: { keys: string[] } }>(index, 'LIST', 'my-kv/')
  return answer.body.data?.keys ?? answer
}

/** The processes that have the cluster's folder in their command line. */
function processesOf(cluster: TestCluster): string[] {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
  return all.split('\n').filter((line) => line.includes(cluster.folder))
}
