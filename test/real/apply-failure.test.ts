/** What a failing step leaves behind: the mounts as they were, and an account of it. */
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { canaries, CANARY_VARIABLE } from '../canaries.ts'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { makeExampleStates, waitUntilWhole } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { resetCluster } from '../cluster/reset.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { markAuditLogs, writesAmong, type AuditedRequest } from './audit-log.ts'
import { binaryCheck } from './binary-check.ts'
import { writeDesired } from './desired-file.ts'
import { restoreFiles } from './restore-files.ts'
import {
  findSilentMounts,
  hashesOf,
  readExternalEntries,
  readNodeMounts,
  shortName,
} from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

const oldFile = 'secrets-kv-0.16.2'
const newFile = 'secrets-kv-0.21.0'
const files: readonly PluginFile[] = [oldFile, newFile]

describeOwn('apply, with a step that fails', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    // Of its own, since plugin files are taken away from its nodes.
    cluster = await startCluster({ plugins: files, audit: true })
  })
  beforeEach(async () => {
    for (const node of cluster.addresses.keys()) await restoreFiles(cluster, node, files)
    await resetCluster(cluster)
    await makeExampleStates(cluster, ['secret/my-kv', 'secret/team-kv'])
  })
  afterAll(() => cluster.stop())

  describe('in place, where one node lacks the new file', () => {
    it('rolls the registration back, reloads nothing, and exits 5', async () => {
      await using file = await writeDesired(inPlace(cluster))
      await rm(pluginPath(cluster, await victimOf(cluster), newFile))
      const requestsSince = await markAuditLogs(cluster)

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(run.exitCode).toBe(5)
      // Where the active node alone runs plugins, it refuses what it has no file for.
      expect(run.stdout).toMatch(
        cluster.product === 'vault'
          ? /The failed step changed nothing/
          : /Rolled back:\n\s+- register secret\/my-kv unversioned/,
      )
      expect(run.stdout).toMatch(/Not begun:\n\s+- reload team-a\/, team-b\/ on /)
      expect(reloadedNodes(await requestsSince())).toEqual([])
      await expectOldAndWhole(cluster, ['team-a/', 'team-b/'])
    })
  })

  describe('in place, where one node has another file under the name', () => {
    it('rolls that node back, begins no other, and exits 5', async () => {
      await using file = await writeDesired(inPlace(cluster))
      const victim = await victimOf(cluster)
      await spoilFile(cluster, victim, newFile)

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(run.exitCode).toBe(5)
      expect(run.stdout).toMatch(/Failed: reload team-a\/, team-b\/ on /)
      expect(run.stdout).toMatch(/the file secrets-kv-0\.21\.0 on .* is not the one with SHA-256/)
      expect(run.stdout).toMatch(/Rolled back:\n\s+- register secret\/my-kv unversioned/)
      await expectOldAndWhole(cluster, ['team-a/', 'team-b/'])
      const again = await runOn(cluster, ['plan', '--json', '-f', file.path])
      expect(kindsOf(again.stdout)[0]).toBe('register')
    })

    it('resumes once the file is right', async () => {
      await using file = await writeDesired(inPlace(cluster))
      const victim = await victimOf(cluster)
      await spoilFile(cluster, victim, newFile)
      await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])
      await restoreFiles(cluster, victim, files)

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(run.exitCode).toBe(0)
      await expectEverywhere(cluster, ['team-a/', 'team-b/'], newFile)
    })
  })

  describe('versioned, where one node lacks the new file', () => {
    it('rolls the registration back, tunes nothing, and exits 5', async () => {
      await using file = await writeDesired(versioned(cluster))
      await rm(pluginPath(cluster, await victimOf(cluster), newFile))
      const requestsSince = await markAuditLogs(cluster)

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(run.exitCode).toBe(5)
      expect(run.stdout).toMatch(/Failed: register secret\/team-kv v0\.21\.0/)
      expect(tunedMounts(await requestsSince())).toEqual([])
      const entries = await readExternalEntries(cluster)
      expect(entries.map(({ version }) => version)).not.toContain('v0.21.0')
      await expectOldAndWhole(cluster, ['alpha/', 'beta/', 'gamma/'])
    })

    it('does so too where both standbys lack it: each hears of the rollback in its own time', async () => {
      await using file = await writeDesired(versioned(cluster))
      const active = await cluster.activeIndex()
      const nodes = cluster.product === 'vault' ? [active] : [active + 1, active + 2]
      for (const node of nodes) await rm(pluginPath(cluster, node % 3, newFile))

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(run.exitCode).toBe(5)
      expect(run.stdout).toContain('Rolled back.')
      await expectOldAndWhole(cluster, ['alpha/', 'beta/', 'gamma/'])
    })

    it('does so too where the file goes after a plan was saved', async () => {
      await using file = await writeDesired(versioned(cluster))
      const saved = join(file.path, '..', 'plan.json')
      const plan = await runOn(cluster, ['plan', '-f', file.path, '--out', saved])
      await rm(pluginPath(cluster, await victimOf(cluster), newFile))

      const run = await runOn(cluster, ['apply', '--auto-approve', saved])

      expect([plan.exitCode, run.exitCode]).toEqual([0, 5])
      await expectOldAndWhole(cluster, ['alpha/', 'beta/', 'gamma/'])
    })
  })

  describe('versioned, with a canary and a mount held back', () => {
    it('rolls the canary back, leaves the other mounts alone, and exits 5', async () => {
      await using file = await writeDesired(versioned(cluster))
      await spoilFile(cluster, await victimOf(cluster), newFile)
      const requestsSince = await markAuditLogs(cluster)

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(run.exitCode).toBe(5)
      expect(run.stdout).toMatch(/Failed: reload alpha\/ on /)
      // The registration harms nobody and stays.
      expect(run.stdout).toMatch(/Done and checked:\n\s+- register secret\/team-kv v0\.21\.0/)
      expect(run.stdout).toMatch(/Rolled back:\n\s+- tune alpha\/ to v0\.21\.0/)
      expect(run.stdout).toMatch(/Not begun:\n(.*\n)*\s+- tune beta\/ to v0\.21\.0/)
      expect(tunedMounts(await requestsSince())).toEqual(['alpha', 'alpha'])
      await expectConfigured(cluster, ['alpha/', 'beta/', 'gamma/'], 'v0.16.2')
      await expectOldAndWhole(cluster, ['alpha/', 'beta/', 'gamma/'])
    })

    it('does so too where the canary runs and its verification fails', async () => {
      const desired = versioned(cluster)
      const alpha = { ...desired.mounts['alpha/'], verify: [{ read: 'no/such/secret' }] }
      await using file = await writeDesired({
        ...desired,
        mounts: { ...desired.mounts, 'alpha/': alpha },
      })
      const requestsSince = await markAuditLogs(cluster)

      const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

      expect(run.exitCode).toBe(5)
      expect(run.stdout).toContain('verify read no/such/secret: HTTP 404')
      expect(tunedMounts(await requestsSince())).toEqual(['alpha', 'alpha'])
      await expectConfigured(cluster, ['alpha/', 'beta/', 'gamma/'], 'v0.16.2')
      await expectOldAndWhole(cluster, ['alpha/', 'beta/', 'gamma/'])
    })

    it.each(['', '--json'])(
      'tells what a command of its verification printed, without a secret %s',
      async (json) => {
        const desired = versioned(cluster)
        const passed = [cluster.product === 'vault' ? 'VAULT_TOKEN' : 'BAO_TOKEN', CANARY_VARIABLE]
        // Values written in the file are in no variable of the command's.
        const literal = join(tmpdir(), `lockstep-literal-${String(process.pid)}`)
        await writeFile(literal, canaries.literal)
        const smoke = `set -x; echo "$BAO_TOKEN$VAULT_TOKEN $${CANARY_VARIABLE} $(cat ${literal})"; exit 3`
        const verify = [{ run: ['sh', '-c', smoke] }]
        const alpha = { ...desired.mounts['alpha/'], verify }
        const env = {
          TAKEN: { from: CANARY_VARIABLE },
          WRITTEN: canaries.literal,
        }
        const plugin = structuredClone(desired.plugins['secret/team-kv'])
        Object.assign(plugin.versions['v0.21.0'], { env })
        await using file = await writeDesired({
          plugins: { 'secret/team-kv': plugin },
          mounts: { ...desired.mounts, 'alpha/': alpha },
        })
        const log = join(file.path, '..', 'requests.log')

        // The runner looks for the token and the canaries in all that is written.
        const run = await runOn(cluster, [
          ...['apply', '--auto-approve', '-f', file.path, '--verbose', '--log-file', log],
          // What a command is given by name is what it can print.
          ...passed.flatMap((name) => ['--pass-env', name]),
          ...(json === '' ? [] : [json]),
        ])

        await rm(literal)
        expect(run.exitCode).toBe(5)
        expect(run.stdout).toContain('exit 3: ')
        expect(run.journal).toContain('*** *** ***')
        await expectOldAndWhole(cluster, ['alpha/', 'beta/', 'gamma/'])
      },
    )
  })

  it('exits 6 and names the mount if the rollback fails too, until the cause is fixed', async () => {
    await using file = await writeDesired(inPlace(cluster))
    const victim = await victimOf(cluster)
    await spoilFile(cluster, victim, newFile)
    // It runs on, until the reload that was to bring the new one.
    await spoilFile(cluster, victim, oldFile)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(run.exitCode).toBe(6)
    expect(run.stdout).toContain('ROLLBACK FAILED. These need your attention:')
    expect(run.stdout).toContain(
      `team-a/, team-b/ on ${shortName(cluster.addresses[victim] ?? '')}`,
    )
    expect(run.stdout).toMatch(/the file secrets-kv-0\.16\.2 on .* is not the one with SHA-256/)
    expect(run.stdout).toMatch(/Rolled back:\n\s+- register secret\/my-kv unversioned/)
    expect(run.stdout).toMatch(/Not rolled back:\n\s+- reload team-a\/, team-b\/ on /)
    // On Vault the one reload there is has failed: nothing is left to begin.
    if (cluster.product === 'vault') expect(run.stdout).not.toContain('Not begun:')
    else expect(run.stdout).toMatch(/Not begun:\n\s+- reload team-a\/, team-b\/ on /)
    await restoreFiles(cluster, victim, files)
    const mended = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])
    expect(mended.exitCode).toBe(0)
    await expectEverywhere(cluster, ['team-a/', 'team-b/'], newFile)
  })

  it('begins nothing if a version was deregistered by hand and one node has another file', async () => {
    const { 'secret/team-kv': upgrade } = versioned(cluster).plugins
    const plugins = {
      'secret/team-kv': { ...upgrade, versions: { 'v0.21.0': upgrade.versions['v0.21.0'] } },
    }
    const [victim, active] = [await victimOf(cluster), await cluster.activeIndex()]
    const path = 'sys/plugins/catalog/secret/team-kv?version=v0.16.2'
    expect((await cluster.request(active, 'DELETE', path)).status).toBe(204)
    await spoilFile(cluster, victim, newFile)
    await using file = await writeDesired({ plugins })
    const requestsSince = await markAuditLogs(cluster)

    const blocked = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect([blocked.exitCode, blocked.stdout]).toEqual([
      3,
      expect.stringContaining('unchecked-without-rollback  secret/team-kv'),
    ])
    expect(writesAmong(await requestsSince())).toEqual([])
    await expectOldAndWhole(cluster, ['alpha/', 'beta/', 'gamma/'])

    // What the finding says is so.
    const allow = ['--allow', 'unchecked-without-rollback=secret/team-kv']
    const lost = await runOn(cluster, ['apply', '--auto-approve', ...allow, '-f', file.path])

    expect([lost.exitCode, lost.stdout]).toEqual([
      6,
      expect.stringContaining('ROLLBACK FAILED. These need your attention:'),
    ])
    // After such a reload a mount of Vault may still answer, from the process that ran before.
    if (cluster.product !== 'vault') expect(await findSilentMounts(cluster)).not.toEqual([])

    await restoreFiles(cluster, victim, files)
    await using checked = await writeDesired({ cluster: binaryCheck(cluster), plugins })
    const fixed = await runOn(cluster, ['apply', '--auto-approve', '-f', checked.path])
    expect(fixed.exitCode).toBe(0)
    await expectEverywhere(cluster, ['alpha/', 'beta/', 'gamma/'], newFile)
  })

  it('reloads the standbys first and the active node last', async () => {
    await using file = await writeDesired(versioned(cluster))
    const active = cluster.addresses[await cluster.activeIndex()] ?? ''
    const standbys = cluster.addresses.filter((address) => address !== active)
    const requestsSince = await markAuditLogs(cluster)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(run.exitCode).toBe(0)
    const once = cluster.product === 'vault' ? [active] : [...standbys, active]
    // The canary first, on every node, and then the others.
    expect(reloadedNodes(await requestsSince())).toEqual([...once, ...once])
    await expectEverywhere(cluster, ['alpha/', 'beta/'], newFile)
    await expectEverywhere(cluster, ['gamma/'], oldFile)
  })
})

/** A node that runs plugins of its own and is not active; where none is, the active one. */
async function victimOf(cluster: TestCluster): Promise<number> {
  const active = await cluster.activeIndex()
  return cluster.product === 'vault' ? active : (active + 1) % cluster.addresses.length
}

function pluginPath(cluster: TestCluster, node: number, file: PluginFile): string {
  return join(cluster.node(node).pluginDirectory, file)
}

/** Another file under the name; the process that runs the old one keeps it. */
async function spoilFile(cluster: TestCluster, node: number, file: PluginFile): Promise<void> {
  await rm(pluginPath(cluster, node, file), { force: true })
  await writeFile(pluginPath(cluster, node, file), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
}

function binaryOf(cluster: TestCluster, file: PluginFile) {
  return { command: file, sha256: cluster.pluginSha256(file) }
}

function inPlace(cluster: TestCluster) {
  return {
    plugins: {
      'secret/my-kv': {
        use: 'unversioned',
        versions: { unversioned: binaryOf(cluster, newFile) },
      },
    },
  }
}

function versioned(cluster: TestCluster) {
  const plugin = 'secret/team-kv'
  return {
    plugins: {
      [plugin]: {
        use: 'v0.21.0',
        versions: {
          'v0.16.2': binaryOf(cluster, oldFile),
          'v0.21.0': binaryOf(cluster, newFile),
        },
      },
    },
    mounts: {
      'alpha/': { plugin, canary: true },
      'gamma/': { plugin, use: 'v0.16.2', because: 'held back' },
    },
  }
}

async function expectOldAndWhole(cluster: TestCluster, mounts: readonly string[]): Promise<void> {
  await expectEverywhere(cluster, mounts, oldFile)
  await waitUntilWhole(cluster, mounts)
}

async function expectEverywhere(
  cluster: TestCluster,
  mounts: readonly string[],
  file: PluginFile,
): Promise<void> {
  for (const mount of mounts) {
    expect(new Set(await hashesOf(cluster, mount))).toEqual(new Set([cluster.pluginSha256(file)]))
  }
  expect(await findSilentMounts(cluster)).toEqual([])
}

async function expectConfigured(
  cluster: TestCluster,
  mounts: readonly string[],
  version: string,
): Promise<void> {
  for (const views of (await readNodeMounts(cluster)).values()) {
    for (const mount of mounts) expect(views.get(mount)?.plugin_version).toBe(version)
  }
}

function reloadedNodes(requests: readonly AuditedRequest[]): string[] {
  return requests
    .filter(({ path }) => path === 'sys/plugins/reload/backend')
    .map(({ node }) => node)
}

function tunedMounts(requests: readonly AuditedRequest[]): string[] {
  return writesAmong(requests).flatMap(
    ({ path }) => /^sys\/mounts\/(.+)\/tune$/.exec(path)?.[1] ?? [],
  )
}

function kindsOf(plan: string): string[] {
  const { steps } = JSON.parse(plan) as { steps: { action: { kind: string } }[] }
  return steps.map(({ action }) => action.kind)
}
