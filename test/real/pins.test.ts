/**
 * What is so only on servers that have pins (Vault): a pin goes before what mounts are configured
 * for, and a mount that came up without its plugin stays read-only.
 */
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { startCluster } from '../cluster/cluster.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeOwn, describeReal, type OnlyOn, sharedCluster } from '../cluster/shared-cluster.ts'
import { writeDesired } from './desired-file.ts'
import { hashesOf } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

const KV = 'secret/team-kv'
const hasPins: OnlyOn = { on: 'vault', because: 'OpenBao has no pins' }
const PIN = `sys/plugins/pins/${KV}`
const [oldFile, newFile] = ['secrets-kv-0.16.2', 'secrets-kv-0.21.0'] as const

describeReal('a server that has pins', hasPins, () => {
  beforeEach(() => sharedCluster().reset())
  afterAll(() => sharedCluster().reset())

  it('a pin on another version blocks the plan, and nothing else is said of it', async () => {
    const cluster = sharedCluster()
    await makeExampleStates(cluster, [KV])
    await ask(cluster, 'POST', PIN, { version: 'v0.16.2' })
    await using file = await writeDesired({ plugins: upgradeOf(cluster) })

    const blocked = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])
    await ask(cluster, 'DELETE', PIN)
    const applied = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(blocked.exitCode).toBe(3)
    expect(blocked.stdout).toContain(`${KV} is pinned to v0.16.2`)
    expect(blocked.stdout).not.toContain('unsafe-stopping-point')
    expect(applied.exitCode).toBe(0)
    expect(await hashesOf(cluster, 'alpha/')).toEqual([cluster.pluginSha256(newFile)])
  })

  it('a pinned plugin is imported as what it is pinned to', async () => {
    const cluster = sharedCluster()
    await makeExampleStates(cluster, [KV])
    await register(cluster, 'v0.21.0', newFile)
    await ask(cluster, 'POST', PIN, { version: 'v0.21.0' })

    const imported = await runOn(cluster, ['import'])

    expect(imported.stdout).toContain('use: v0.21.0')
    expect(imported.stderr).toContain('which is pinned to v0.21.0')
  })
})

describeOwn('a leader without the plugin’s file, on a server that has pins', hasPins, () => {
  it('leaves mounts read-only after apply, which says so, until it steps down', async () => {
    const cluster = await startCluster({ plugins: [oldFile, newFile] })
    onTestFinished(() => cluster.stop())
    await makeExampleStates(cluster, [KV])
    await using file = await writeDesired({ plugins: upgradeOf(cluster) })
    const first = await cluster.activeIndex()
    const next = (first + 1) % cluster.addresses.length
    const kept = join(cluster.node(first).pluginDirectory, oldFile)
    const missing = join(cluster.node(next).pluginDirectory, oldFile)
    await rm(missing)
    await cluster.makeLead(next)
    const planned = await runOn(cluster, ['plan', '-f', file.path])
    await copyFile(kept, missing)

    const applied = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(planned.stdout).toContain('not writes until the node steps down or restarts')
    expect(applied.exitCode).toBe(0)
    expect(applied.stdout).toContain('Warning: alpha/, beta/, gamma/ cannot be written to on ')
    expect(await statusOfWrite(cluster)).toBe(500)
    await cluster.stepDown()
    expect(await statusOfWrite(cluster)).toBeLessThan(300)
  })
})

function upgradeOf(cluster: ClusterClient) {
  const binary = (command: PluginFile) => ({ command, sha256: cluster.pluginSha256(command) })
  return {
    [KV]: {
      use: 'v0.21.0',
      versions: {
        'v0.16.2': binary(oldFile),
        'v0.21.0': { ...binary(newFile), data: { upgrade_from: '>=0.16.0' } },
      },
    },
  }
}

function register(cluster: ClusterClient, version: string, command: PluginFile): Promise<void> {
  const body = { version, command, sha256: cluster.pluginSha256(command) }
  return ask(cluster, 'POST', `sys/plugins/catalog/${KV}`, body)
}

async function ask(
  cluster: ClusterClient,
  method: string,
  path: string,
  body?: object,
): Promise<void> {
  const options = body === undefined ? {} : { body }
  const { status } = await cluster.request(await cluster.activeIndex(), method, path, options)
  if (status >= 300) throw new Error(`${path} answers ${String(status)}`)
}

async function statusOfWrite(cluster: ClusterClient): Promise<number> {
  const body = { value: 'written' }
  const active = await cluster.activeIndex()
  return (await cluster.request(active, 'POST', 'alpha/after', { body })).status
}
