/**
 * An entry of the servers' own configuration: no plan changes it. OpenBao takes such a request, and
 * then no node comes up again. On a cluster of its own, since that is the end of it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { describeOwn, type OnlyOn } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { writeDesired } from './desired-file.ts'
import { runOn } from './run-on-cluster.ts'

const FILE = 'secrets-kv-0.21.0'
const ID = 'secret/dec'
const ENTRY = `sys/plugins/catalog/${ID}?version=v0.21.0`
const declares: OnlyOn = { on: 'openbao', because: 'Vault takes no plugins from its configuration' }

describeOwn('an entry of the servers’ own configuration', declares, () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await startCluster({
      plugins: [FILE],
      declared: [{ type: 'secret', name: 'dec', command: FILE, version: 'v0.21.0' }],
    })
  })
  afterAll(() => cluster.stop())

  async function write(method: 'POST' | 'DELETE'): Promise<void> {
    const path = method === 'DELETE' ? ENTRY : `sys/plugins/catalog/${ID}`
    const entry = { command: FILE, sha256: cluster.pluginSha256(FILE), version: 'v0.21.0' }
    const body = method === 'POST' ? { ...entry, args: ['-spare'] } : undefined
    const active = await cluster.activeIndex()
    const { status } = await cluster.request(active, method, path, {
      ...(body !== undefined && { body }),
    })
    expect(status).toBe(204)
  }

  /** What every node that serves reads of the entry. */
  async function waitForEntry(declarative: boolean | undefined): Promise<void> {
    for (const node of cluster.addresses.keys()) {
      await waitUntil(`node ${node} has heard of the entry`, async () => {
        const { status, body } = await cluster.request<{
          readonly data?: { readonly declarative: boolean }
        }>(node, 'GET', ENTRY, { noForwarding: true })
        const isSeen = status === (declarative === undefined ? 404 : 200)
        return isSeen && body.data?.declarative === declarative
          ? undefined
          : `it answers ${status} ${JSON.stringify(body)}`
      })
    }
  }

  async function stepDown(): Promise<void> {
    const before = cluster.addresses[await cluster.activeIndex()] ?? ''
    await cluster.request(before, 'PUT', 'sys/step-down')
    await cluster.waitForLeader(before)
    await cluster.waitUntilReady()
  }

  it('is registered and retired by no plan', async () => {
    const entry = { command: FILE, sha256: cluster.pluginSha256(FILE), args: ['-spare'] }
    for (const plugin of [{ versions: { 'v0.21.0': entry } }, { retire: ['v0.21.0'] }]) {
      await using file = await writeDesired({ plugins: { [ID]: plugin } })

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(run.exitCode, run.stdout).toBe(3)
      expect(run.stdout).toContain('declared-by-server')
    }
    await waitForEntry(true)
  })

  it('comes back at the next change of leader where it was deregistered by hand', async () => {
    await write('DELETE')
    await waitForEntry(undefined)

    await stepDown()

    await waitForEntry(true)
  })

  it('keeps nodes from coming up once it was registered over by hand, until it is deregistered', async () => {
    await write('POST')
    await waitForEntry(false)
    const active = await cluster.activeIndex()
    const standby = (active + 1) % cluster.addresses.length
    const server = cluster.node(standby)
    await server.stop()
    await server.start()
    await server.unseal()
    await waitUntil('the standby has tried and failed', () =>
      Promise.resolve(
        server.lastWords.includes('conflicts with existing non-declarative plugin')
          ? undefined
          : server.lastWords,
      ),
    )
    const { status } = await cluster.request(standby, 'GET', ENTRY, { noForwarding: true })
    expect(status).toBe(307)

    await write('DELETE')
    await cluster.waitUntilReady()
    await stepDown()
    await waitForEntry(true)
  })

  it('leaves no node that can lead once the leader changes', async () => {
    await write('POST')
    await waitForEntry(false)

    await cluster.request(await cluster.activeIndex(), 'PUT', 'sys/step-down')
    await sleep(15_000)

    await expect(cluster.activeIndex()).rejects.toThrow('no node is active')
  })
})
