/**
 * A mount on its builtin's version where there are namespaces: that no plan brings it there, and
 * what OpenBao makes of one that was tuned by hand when the leader changes, as the twin does. On a
 * cluster of its own, since that is the end of it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Transport } from '../../src/domain/exchange.ts'
import {
  type MountPath,
  type NodeAddress,
  type PluginId,
  ROOT_NAMESPACE,
  type Sha256,
  type Version,
} from '../../src/domain/names.ts'
import { requestOf } from '../../src/server/requests.ts'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { describeOwn, type OnlyOn } from '../cluster/shared-cluster.ts'
import { NodeFiles } from '../real-random/node-files.ts'
import { connectTo, type Findings, SideBySide } from '../real-random/side-by-side.ts'
import { writeDesired } from './desired-file.ts'
import { runOn } from './run-on-cluster.ts'

const FILE = 'auth-jwt-0.26.1'
const hasNamespaces: OnlyOn = { on: 'openbao', because: 'Vault Community has no namespaces' }

describeOwn('a mount tuned to its builtin’s version beside namespaces', hasNamespaces, () => {
  let cluster: TestCluster
  let transport: Transport
  beforeAll(async () => {
    cluster = await startCluster({ plugins: [FILE] })
    transport = connectTo(cluster)
    await write('sys/namespaces/ns1', {})
    const sha256 = cluster.pluginSha256(FILE)
    await write('sys/plugins/catalog/auth/jwt', { command: FILE, sha256, version: 'v0.26.1' })
    await write('sys/auth/ci', { type: 'jwt', config: { plugin_version: 'v0.26.1' } })
    await cluster.waitUntilReady()
  })
  afterAll(async () => {
    await transport.close()
    await cluster.stop()
  })

  async function write(path: string, body: object): Promise<void> {
    const { status } = await cluster.request(await cluster.activeIndex(), 'POST', path, { body })
    expect(status, path).toBeLessThan(300)
  }

  it('is not planned where that costs the cluster its leader', async () => {
    await using desired = await writeDesired({ plugins: { 'auth/jwt': { use: 'builtin' } } })

    const run = await runOn(cluster, ['plan', '-f', desired.path])

    expect(run.exitCode).toBe(3)
    expect(run.stdout).toContain('builtin-version-with-namespaces')
  })

  it('is warned of in status, and leaves no node that can lead after two changes of leader', async () => {
    const findings: Findings = { compared: 0, refused: 0, differences: [] }
    const binaries = [{ command: FILE, sha256: cluster.pluginSha256(FILE) as Sha256 }]
    const plugins = [{ id: 'auth/jwt' as PluginId, binaries }]
    const files = new NodeFiles(cluster)
    const both = await SideBySide.start({ cluster, transport, plugins, files }, findings)
    const version = await builtinVersion()
    const first = await both.active()
    const mount = { mount: 'auth/ci/' as MountPath, namespace: ROOT_NAMESPACE }
    await both.send(first, requestOf({ kind: 'tune', ...mount, version }))
    const status = await runOn(cluster, ['status'])
    expect(status.stdout).toContain('Do not change the leader: auth/ci/')

    await both.stepDown()
    expect(both.isStorageDamaged()).toBe(true)
    const leads = await both.active()
    const third = cluster.addresses.find((node) => node !== first && node !== leads)
    await both.restart(third as NodeAddress)
    expect(findings).toMatchObject({ refused: 0, differences: [] })

    await cluster.request(leads, 'PUT', 'sys/step-down')
    await sleep(15_000)
    await expect(cluster.activeIndex()).rejects.toThrow('no node is active')
  })

  async function builtinVersion(): Promise<Version> {
    const { body } = await cluster.request<{ data: { version: Version } }>(
      await cluster.activeIndex(),
      'GET',
      'sys/plugins/catalog/auth/jwt',
    )
    return body.data.version
  }
})
