/** Standbys left behind by a reload of the active node alone, or by a tune they did not hear of. */
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { makeExampleStates, waitUntilWhole } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import {
  describeOwn,
  describeReal,
  sharedCluster,
  type SharedCluster,
} from '../cluster/shared-cluster.ts'
import { binaryCheck } from './binary-check.ts'
import { copyExamples } from './examples.ts'
import { writeDesired } from './desired-file.ts'
import { hashesOf, readNodeMounts } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

const oldFile = 'secrets-kv-0.16.2'
const newFile = 'secrets-kv-0.21.0'
const mounts = ['team-a/', 'team-b/']

describeReal('a reload on the active node alone', () => {
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), ['secret/my-kv'])
    await reloadActiveOnly(sharedCluster())
  })
  afterAll(() => sharedCluster().reset())

  it('shows in status: the standbys apart, or not to be seen', async () => {
    const cluster = sharedCluster()
    const active = cluster.addresses[await cluster.activeIndex()]

    const json = await runOn(cluster, ['status', '--json'])
    const text = await runOn(cluster, ['status'])

    const live = JSON.parse(json.stdout) as LiveDocument
    for (const path of mounts) {
      const views = live.mounts.find((mount) => mount.path === path)?.nodes ?? []
      const seen = new Map(views.map(({ node, running_sha256 }) => [node, running_sha256]))
      expect(seen.get(active ?? '')).toBe(cluster.pluginSha256(newFile))
      const others = [...seen].filter(([node]) => node !== active).map(([, sha256]) => sha256)
      const behind = cluster.pluginSha256(oldFile)
      expect(others).toEqual(cluster.product === 'vault' ? [] : [behind, behind])
    }
    const states = live.nodes.filter(({ role }) => role === 'standby').map(({ state }) => state)
    if (cluster.product === 'vault') {
      expect(states).toEqual(['forwarding', 'forwarding'])
      expect(text.stdout).not.toContain('≠')
    } else {
      expect(states).toEqual(['serving', 'serving'])
      const rows = text.stdout.split('\n').filter((line) => line.startsWith('team-'))
      expect(rows.map((row) => row.match(/≠/g)?.length)).toEqual([2, 2])
      expect(text.stdout).toContain('2 not as configured')
    }
  })

  it('leaves exactly the missing reloads to plan, blocked where no rollback and no check is possible', async () => {
    const cluster = sharedCluster()
    await using copy = await copyExamples(cluster)
    const active = cluster.addresses[await cluster.activeIndex()]
    const file = `${copy.folder}/upgrade-in-place`

    const run = await runOn(cluster, ['plan', '--json', '--detailed-exitcode', '-f', file])

    const { steps, findings } = JSON.parse(run.stdout) as PlanDocument
    const behind = cluster.product === 'vault' ? [] : cluster.addresses.filter((a) => a !== active)
    expect(steps.map(({ action }) => action)).toEqual(
      behind.map((node) => ({ kind: 'reload', node, namespace: '', mounts })),
    )
    // The binary that the standbys run is registered nowhere, so that nothing starts it again.
    const errors = findings.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ rule, nodes }) => [rule, nodes])).toEqual(
      behind.length === 0 ? [] : [['unchecked-without-rollback', behind]],
    )
    expect(run.exitCode).toBe(behind.length === 0 ? 0 : 3)
  })

  it.each([
    ['a check of every node', (cluster: SharedCluster) => ({ cluster: binaryCheck(cluster) })],
    ['a reason to go without one', () => ({ allow: [HASHES_COMPARED] })],
  ])('is repaired by apply with %s', async (_with, part) => {
    const cluster = sharedCluster()
    const versions = {
      unversioned: { command: newFile, sha256: cluster.pluginSha256(newFile) },
    }
    await using file = await writeDesired({
      ...part(cluster),
      plugins: { 'secret/my-kv': { use: 'unversioned', versions } },
    })

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(run.exitCode).toBe(0)
    for (const mount of mounts) {
      expect(new Set(await hashesOf(cluster, mount))).toEqual(
        new Set([cluster.pluginSha256(newFile)]),
      )
      await waitUntilWhole(cluster, [mount])
    }
  })
})

const HASHES_COMPARED = {
  rule: 'unchecked-without-rollback',
  subject: 'secret/my-kv',
  because: 'the hash of the file was compared on every node by hand',
}

describeOwn('a standby that came back from before a tune', () => {
  it('is sent the tune again, and then reloaded', async () => {
    const cluster = await startCluster({ plugins: [oldFile, newFile] })
    onTestFinished(() => cluster.stop())
    await makeExampleStates(cluster, ['secret/team-kv'])
    const { version, behind } = await leaveStandbyBehind(cluster)
    const data = { upgrade_from: '*', downgrade_to: '*' }
    const binary = (command: PluginFile) => ({
      command,
      sha256: cluster.pluginSha256(command),
      data,
    })
    const versions = { 'v0.16.2': binary(oldFile), 'v0.21.0': binary(newFile) }
    await using file = await writeDesired({
      plugins: { 'secret/team-kv': { use: version, versions } },
    })

    const planned = await runOn(cluster, ['plan', '--json', '-f', file.path])
    const applied = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])
    const drift = await runOn(cluster, ['drift', '-f', file.path])

    const { steps } = JSON.parse(planned.stdout) as PlanDocument
    const again = { kind: 'tune', mount: 'alpha/', namespace: '', version }
    expect(steps.some(({ action }) => isDeepStrictEqual(action, again))).toBe(behind)
    expect([applied.exitCode, drift.exitCode]).toEqual([0, 0])
    const wanted = cluster.pluginSha256(version === 'v0.21.0' ? newFile : oldFile)
    for (const [, mounts] of await readNodeMounts(cluster)) {
      expect(mounts.get('alpha/')).toMatchObject({
        plugin_version: version,
        running_sha256: wanted,
      })
    }
  })
})

/**
 * Kills a standby while `alpha/` is tuned, to and fro, until it comes back with the version from
 * before: about every third time. A standby of Vault has no view of its own.
 */
async function leaveStandbyBehind(
  cluster: TestCluster,
): Promise<{ readonly version: string; readonly behind: boolean }> {
  const active = await cluster.activeIndex()
  const entry = { command: newFile, sha256: cluster.pluginSha256(newFile), version: 'v0.21.0' }
  const path = 'sys/plugins/catalog/secret/team-kv'
  await cluster.request(active, 'POST', path, { body: entry })
  for (let tries = 1; ; tries += 1) {
    const version = tries % 2 === 1 ? 'v0.21.0' : 'v0.16.2'
    const body = { plugin_version: version }
    const leader = await cluster.activeIndex()
    const standby = (leader + 1) % 3
    const killed = cluster.node(standby).stop()
    await cluster.request(leader, 'POST', 'sys/mounts/alpha/tune', { body })
    await killed
    await cluster.node(standby).restart()
    const address = cluster.addresses[standby] ?? ''
    const view = (await readNodeMounts(cluster)).get(address)?.get('alpha/')
    if (view === undefined) return { version, behind: false }
    if (view.plugin_version !== version) return { version, behind: true }
    if (tries === 20) return { version, behind: false }
  }
}

interface LiveDocument {
  readonly nodes: readonly { readonly role: string; readonly state: string }[]
  readonly mounts: readonly {
    readonly path: string
    readonly nodes: readonly { readonly node: string; readonly running_sha256: string }[]
  }[]
}

interface PlanDocument {
  readonly steps: readonly { readonly action: unknown }[]
  readonly findings: readonly {
    readonly rule: string
    readonly severity: string
    readonly nodes?: readonly string[]
  }[]
}

/** By hand, as it is done with the servers' own command line. */
async function reloadActiveOnly(cluster: SharedCluster): Promise<void> {
  const active = await cluster.activeIndex()
  const registered = await cluster.request(active, 'POST', 'sys/plugins/catalog/secret/my-kv', {
    body: { command: newFile, sha256: cluster.pluginSha256(newFile) },
  })
  const reloaded = await cluster.request(active, 'POST', 'sys/plugins/reload/backend', {
    body: { plugin: 'my-kv' },
  })
  expect([registered.status, reloaded.status]).toEqual([204, 200])
}
