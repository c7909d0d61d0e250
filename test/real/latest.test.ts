/** Mounts that are configured for `latest` (OpenBao 2.7): upgraded, rolled back, retired, imported. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { ensurePlugins } from '../cluster/cache.ts'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { makeExampleStates, waitUntilWhole } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { resetCluster } from '../cluster/reset.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { writeDesired } from './desired-file.ts'
import { readExternalEntries, readNodeMounts } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

const oldFile = 'secrets-kv-0.16.2'
const newFile = 'secrets-kv-0.21.0'
const files: readonly PluginFile[] = [oldFile, newFile]
const KV = 'secret/team-kv'
const mounts = ['alpha/', 'beta/', 'gamma/']

describeOwn(
  'mounts on latest',
  { on: 'openbao', because: 'Vault refuses latest: it is no semantic version' },
  () => {
    let cluster: TestCluster
    beforeAll(async () => {
      // Of its own, since plugin files are changed on its nodes.
      cluster = await startCluster({ plugins: files })
    })
    beforeEach(async () => {
      for (const node of cluster.addresses.keys()) await restoreFile(cluster, node, newFile)
      await resetCluster(cluster)
      await makeExampleStates(cluster, [KV])
      for (const mount of mounts) await tuneToLatest(cluster, mount)
    })
    afterAll(() => cluster.stop())

    it('are in sync where they run the highest version, and are imported as latest', async () => {
      const imported = await runOn(cluster, ['import'])
      const status = await runOn(cluster, ['status'])
      await using file = await writeDesired(desired(cluster, ['v0.16.2'], { use: 'latest' }))
      const drift = await runOn(cluster, ['drift', '-f', file.path])
      const plan = await runOn(cluster, ['plan', '--detailed-exitcode', '-f', file.path])

      expect(imported.stdout).toMatch(/secret\/team-kv:\n\s+use: latest/)
      expect(imported.stdout).not.toContain('not registered')
      expect(status.stdout).toMatch(/alpha\/ .*latest \(v0\.16\.2\)/)
      expect([drift.exitCode, plan.exitCode]).toEqual([0, 0])
    })

    it('are reloaded node by node when a higher version is registered', async () => {
      await using file = await writeDesired(
        desired(cluster, ['v0.16.2', 'v0.21.0'], { use: 'latest' }),
      )

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(run.exitCode, run.stdout + run.stderr).toBe(0)
      await expectEverywhere(cluster, newFile, 'latest')
      const drift = await runOn(cluster, ['drift', '-f', file.path])
      expect(drift.exitCode).toBe(0)
    })

    it('are told of where the file registers a higher version and leaves them alone', async () => {
      await using file = await writeDesired(desired(cluster, ['v0.16.2', 'v0.21.0'], {}))

      const run = await runOn(cluster, ['plan', '-f', file.path])

      expect(run.exitCode).toBe(0)
      expect(run.stdout).toContain('latest-changes')
      expect(run.stdout).toMatch(/a reload or restart starts v0\.21\.0/)
    })

    it('show in drift what they do not run yet, and apply reloads them', async () => {
      await register(cluster, 'v0.21.0', newFile)
      await using file = await writeDesired(
        desired(cluster, ['v0.16.2', 'v0.21.0'], { use: 'latest' }),
      )

      const status = await runOn(cluster, ['status'])
      const drift = await runOn(cluster, ['drift', '--json', '-f', file.path])
      const applied = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(status.stdout).toMatch(/alpha\/ .*latest \(v0\.21\.0\)/)
      expect(drift.exitCode).toBe(2)
      const { differences } = JSON.parse(drift.stdout) as DriftDocument
      expect(differences.map((one) => [one.class, one.mount])).toEqual(
        mounts.map((mount) => ['reload-pending', mount]),
      )
      expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0)
      await expectEverywhere(cluster, newFile, 'latest')
    })

    it('go back to what they ran when a reload fails: the new version is deregistered', async () => {
      await using file = await writeDesired(
        desired(cluster, ['v0.16.2', 'v0.21.0'], { use: 'latest' }),
      )
      const victim = ((await cluster.activeIndex()) + 1) % cluster.addresses.length
      await spoilFile(cluster, victim, newFile)

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(run.exitCode, run.stdout + run.stderr).toBe(5)
      expect(run.stdout).toMatch(/Rolled back:\n\s+- register secret\/team-kv v0\.21\.0/)
      expect(await versionsOf(cluster)).toEqual(['v0.16.2'])
      await expectEverywhere(cluster, oldFile, 'latest')
    })

    it('are brought back by rollback after the run is done', async () => {
      await using file = await writeDesired(
        desired(cluster, ['v0.16.2', 'v0.21.0'], { use: 'latest' }),
      )
      // The journals of the run are looked for in the home of whoever rolls it back.
      const home = await mkdtemp(join(tmpdir(), 'lockstep-latest-'))
      onTestFinished(() => rm(home, { recursive: true, force: true }))
      const env = { HOME: home }
      const applied = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path], { env })
      expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0)

      const allowed = `data-downgrade=${KV}`
      const back = await runOn(cluster, ['rollback', '--auto-approve', '--allow', allowed], { env })

      expect(back.exitCode, back.stdout + back.stderr).toBe(0)
      expect(await versionsOf(cluster)).toEqual(['v0.16.2'])
      await expectEverywhere(cluster, oldFile, 'latest')
    })

    it('go to the older version itself by rollback -f, whose file keeps the newer one registered', async () => {
      await using file = await writeDesired(
        desired(cluster, ['v0.16.2', 'v0.21.0'], { use: 'latest' }),
      )
      const home = await mkdtemp(join(tmpdir(), 'lockstep-latest-'))
      onTestFinished(() => rm(home, { recursive: true, force: true }))
      const env = { HOME: home }
      const flags = ['--auto-approve', '-f', file.path]
      const applied = await runOn(cluster, ['apply', ...flags], { env })
      expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0)

      const allowed = `data-downgrade=${KV}`
      const back = await runOn(cluster, ['rollback', ...flags, '--allow', allowed], { env })

      expect(back.exitCode, back.stdout + back.stderr).toBe(0)
      expect(back.stdout + back.stderr).toContain('stays registered')
      expect(await versionsOf(cluster)).toEqual(['v0.16.2', 'v0.21.0'])
      await expectEverywhere(cluster, oldFile, 'v0.16.2')
    })

    it('follow latest down when the highest version is retired', async () => {
      await using up = await writeDesired(
        desired(cluster, ['v0.16.2', 'v0.21.0'], { use: 'latest' }),
      )
      const raised = await runOn(cluster, ['apply', '--auto-approve', '-f', up.path])
      expect(raised.exitCode, raised.stdout + raised.stderr).toBe(0)
      await using down = await writeDesired({
        ...desired(cluster, ['v0.16.2'], { use: 'latest', retire: ['v0.21.0'] }),
        allow: [{ rule: 'data-downgrade', subject: KV, because: 'the data was never written' }],
      })

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', down.path])

      expect(run.exitCode, run.stdout + run.stderr).toBe(0)
      expect(await versionsOf(cluster)).toEqual(['v0.16.2'])
      await expectEverywhere(cluster, oldFile, 'latest')
    })

    it('start the highest version that is left when their node restarts', async () => {
      await register(cluster, 'v0.21.0', newFile)
      const standby = ((await cluster.activeIndex()) + 1) % cluster.addresses.length

      await cluster.node(standby).restart()

      const address = cluster.addresses[standby] ?? ''
      await waitUntil('the standby runs the higher version', async () => {
        const view = (await readNodeMounts(cluster)).get(address)?.get('alpha/')
        const runs = view?.running_sha256
        return runs === cluster.pluginSha256(newFile) ? undefined : `it runs ${runs ?? 'nothing'}`
      })
      const other = (await readNodeMounts(cluster)).get(
        cluster.addresses[await cluster.activeIndex()] ?? '',
      )
      expect(other?.get('alpha/')?.running_sha256).toBe(cluster.pluginSha256(oldFile))
    })
  },
)

interface DriftDocument {
  readonly differences: readonly { readonly class: string; readonly mount?: string }[]
}

function desired(
  cluster: TestCluster,
  versions: readonly ('v0.16.2' | 'v0.21.0')[],
  rest: Readonly<Record<string, unknown>>,
) {
  const data = { upgrade_from: '*' }
  const binary = (command: PluginFile) => ({
    command,
    sha256: cluster.pluginSha256(command),
    data,
  })
  const listed = versions.map((version) => [
    version,
    binary(version === 'v0.16.2' ? oldFile : newFile),
  ])
  return { plugins: { [KV]: { versions: Object.fromEntries(listed) as unknown, ...rest } } }
}

async function tuneToLatest(cluster: TestCluster, mount: string): Promise<void> {
  const active = await cluster.activeIndex()
  const body = { plugin_version: 'latest' }
  const answer = await cluster.request(active, 'POST', `sys/mounts/${mount}tune`, { body })
  expect(answer.status).toBe(204)
  await waitUntil(`every node has ${mount} on latest`, async () => {
    const views = [...(await readNodeMounts(cluster)).values()]
    const all = views.map((seen) => seen.get(mount)?.plugin_version)
    return all.every((version) => version === 'latest') ? undefined : all.join(' ')
  })
}

async function register(cluster: TestCluster, version: string, file: PluginFile): Promise<void> {
  const body = { command: file, sha256: cluster.pluginSha256(file), version }
  const active = await cluster.activeIndex()
  const answer = await cluster.request(active, 'POST', `sys/plugins/catalog/${KV}`, { body })
  expect(answer.status).toBe(204)
  // A standby that restarts before it has heard of an entry starts what was there before.
  for (const node of cluster.addresses.keys()) {
    await waitUntil(`node ${node} has ${version}`, async () => {
      const path = `sys/plugins/catalog/${KV}?version=${version}`
      const { status } = await cluster.request(node, 'GET', path, { noForwarding: true })
      return status === 200 ? undefined : `it answers ${status}`
    })
  }
}

async function versionsOf(cluster: TestCluster): Promise<string[]> {
  return (await readExternalEntries(cluster)).map(({ version }) => version)
}

async function expectEverywhere(
  cluster: TestCluster,
  file: PluginFile,
  configured: string,
): Promise<void> {
  for (const [, views] of await readNodeMounts(cluster)) {
    for (const mount of mounts) {
      expect(views.get(mount)).toMatchObject({
        plugin_version: configured,
        running_sha256: cluster.pluginSha256(file),
      })
    }
  }
  await waitUntilWhole(cluster, mounts)
}

function pluginPath(cluster: TestCluster, node: number, file: PluginFile): string {
  return join(cluster.node(node).pluginDirectory, file)
}

async function spoilFile(cluster: TestCluster, node: number, file: PluginFile): Promise<void> {
  await rm(pluginPath(cluster, node, file), { force: true })
  await writeFile(pluginPath(cluster, node, file), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
}

async function restoreFile(cluster: TestCluster, node: number, file: PluginFile): Promise<void> {
  const source = (await ensurePlugins(files)).get(file)
  await rm(pluginPath(cluster, node, file), { force: true })
  await copyFile(source?.path ?? '', pluginPath(cluster, node, file))
}
