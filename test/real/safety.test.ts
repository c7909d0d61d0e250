/** What a plan is held back for that only real servers, disks and tokens can show. No write is sent. */
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { resetCluster } from '../cluster/reset.ts'
import { describeOwn, describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { startFakeDatabase } from '../real-random/fake-database.ts'
import { markAuditLogs, writesAmong } from './audit-log.ts'
import { binaryCheck } from './binary-check.ts'
import { writeDesired } from './desired-file.ts'
import { readExternalEntries, readNodeMounts, shortName } from './node-views.ts'
import { tokenFor } from './policy-token.ts'
import { runOn } from './run-on-cluster.ts'

const KV = 'secret/team-kv'

function binaryOf(cluster: ClusterClient, command: PluginFile) {
  return { command, sha256: cluster.pluginSha256(command) }
}

async function readAll(cluster: ClusterClient) {
  return { entries: await readExternalEntries(cluster), mounts: await readNodeMounts(cluster) }
}

function upgradeOf(cluster: ClusterClient) {
  return {
    [KV]: {
      use: 'v0.21.0',
      versions: {
        'v0.16.2': binaryOf(cluster, 'secrets-kv-0.16.2'),
        'v0.21.0': binaryOf(cluster, 'secrets-kv-0.21.0'),
      },
    },
  }
}

describeReal('a plan that is held back', () => {
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), [KV])
  })
  afterAll(() => sharedCluster().reset())

  it('a downgrade that nobody declared to be readable', async () => {
    const cluster = sharedCluster()
    await using up = await writeDesired({ plugins: upgradeOf(cluster) })
    const raised = await runOn(cluster, ['apply', '--auto-approve', '-f', up.path])
    expect(raised.exitCode).toBe(0)
    const plugins = { [KV]: { ...upgradeOf(cluster)[KV], use: 'v0.16.2' } }
    await using down = await writeDesired({ plugins })
    const before = await readAll(cluster)
    const requestsSince = await markAuditLogs(cluster)

    const refused = await runOn(cluster, ['apply', '--auto-approve', '-f', down.path])

    expect(refused.exitCode).toBe(3)
    expect(refused.stdout).toContain('data-downgrade')
    expect(writesAmong(await requestsSince())).toEqual([])
    expect(await readAll(cluster)).toEqual(before)

    const allow = ['--allow', `data-downgrade=${KV}`]
    const allowed = await runOn(cluster, ['plan', ...allow, '-f', down.path])
    expect(allowed.exitCode).toBe(0)
  })

  it('a registered version with another hash', async () => {
    const cluster = sharedCluster()
    const versions = { 'v0.16.2': binaryOf(cluster, 'secrets-kv-0.21.0') }
    await using file = await writeDesired({ plugins: { [KV]: { use: 'v0.16.2', versions } } })
    const before = await readAll(cluster)
    const requestsSince = await markAuditLogs(cluster)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(run.exitCode).toBe(3)
    expect(run.stdout).toContain('sha256-changed')
    expect(writesAmong(await requestsSince())).toEqual([])
    expect(await readAll(cluster)).toEqual(before)
  })

  it('a version in the file of one that mounts use', async () => {
    const cluster = sharedCluster()
    const reused = {
      ...binaryOf(cluster, 'secrets-kv-0.21.0'),
      command: 'secrets-kv-0.16.2',
    }
    await using file = await writeDesired({
      plugins: { [KV]: { use: 'v0.21.0', versions: { 'v0.21.0': reused } } },
    })
    const before = await readAll(cluster)
    const requestsSince = await markAuditLogs(cluster)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(run.exitCode).toBe(3)
    expect(run.stdout).toContain('command-reused')
    expect(writesAmong(await requestsSince())).toEqual([])
    expect(await readAll(cluster)).toEqual(before)
  })

  it('a token that may not tune, with the policy lines that it lacks', async () => {
    const cluster = sharedCluster()
    await using file = await writeDesired({ plugins: upgradeOf(cluster) })
    const token = await tokenFor(cluster, file.path, (line) =>
      /^path "sys\/mounts\/.*\/tune"/.test(line) ? '' : line,
    )
    const before = await readAll(cluster)
    const requestsSince = await markAuditLogs(cluster)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path], { token })

    expect(run.exitCode).toBe(8)
    expect(run.stdout).toContain('capability-missing')
    expect(run.stdout).toContain('path "sys/mounts/alpha/tune" { capabilities = ["update"] }')
    expect(writesAmong(await requestsSince())).toEqual([])
    expect(await readAll(cluster)).toEqual(before)
  })

  it('a token that may tune an auth method but for the sudo it takes', async () => {
    const cluster = sharedCluster()
    await cluster.reset()
    await makeExampleStates(cluster, ['auth/oidc'])
    await using file = await writeDesired({
      plugins: { 'auth/oidc': { use: 'builtin', retire: ['v0.25.0'] } },
    })
    const token = await tokenFor(cluster, file.path, (line) =>
      line.startsWith('path "sys/auth/sso/tune"') ? line.replace('"sudo", ', '') : line,
    )
    const requestsSince = await markAuditLogs(cluster)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path], { token })

    expect(run.exitCode).toBe(8)
    expect(run.stdout).toContain('path "sys/auth/sso/tune" { capabilities = ["sudo"] }')
    expect(writesAmong(await requestsSince())).toEqual([])
  })

  it('nothing, for a token with just what lockstep policy prints', async () => {
    const cluster = sharedCluster()
    await using file = await writeDesired({ plugins: upgradeOf(cluster) })
    const token = await tokenFor(cluster, file.path)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path], { token })

    expect(run.stderr).not.toContain('Error')
    expect(run.exitCode).toBe(0)
  })
})

describeReal('a token with just what lockstep policy prints', () => {
  beforeEach(() => sharedCluster().reset())
  afterAll(() => sharedCluster().reset())

  it('upgrades, retires, checks, locks and makes mounts, in a namespace too', async () => {
    const cluster = sharedCluster()
    await makeExampleStates(cluster, [KV])
    await demand(cluster, 'sys/mounts/locks', { type: 'kv', options: { version: '2' } })
    const inside = cluster.product === 'openbao' ? 'ns1/' : ''
    if (inside !== '') await demand(cluster, 'sys/namespaces/ns1', {})
    await cluster.waitUntilReady()
    await using file = await writeDesired({
      cluster: { lock: { kv: 'locks/lockstep' } },
      plugins: {
        [KV]: {
          use: 'v0.21.0',
          versions: {
            'v0.21.0': {
              ...binaryOf(cluster, 'secrets-kv-0.21.0'),
              data: { upgrade_from: '>=0.16.0' },
            },
          },
          retire: ['v0.16.2'],
        },
      },
      mounts: {
        'alpha/': { plugin: KV, canary: true, verify: [{ read: 'shared/' }] },
        [`${inside}fresh/`]: { plugin: KV, enable: true },
      },
    })
    const token = await tokenFor(cluster, file.path)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path], { token })

    expect(run.stdout + run.stderr).not.toMatch(/Error|unreadable|permission denied/)
    expect(run.exitCode).toBe(0)
    expect(Object.keys(await readExternalEntries(cluster))).toHaveLength(1)
  })

  it('moves the connections of a database', async () => {
    const cluster = sharedCluster()
    const DB = 'database/redis'
    const database = await startFakeDatabase()
    onTestFinished(() => database.stop())
    const old = { ...binaryOf(cluster, 'database-redis-0.6.0'), version: 'v0.6.0' }
    await demand(cluster, `sys/plugins/catalog/${DB}`, old)
    await demand(cluster, 'sys/mounts/db', { type: 'database' })
    await cluster.waitUntilReady()
    await demand(cluster, 'db/config/orders', {
      plugin_name: 'redis',
      plugin_version: 'v0.6.0',
      host: '127.0.0.1',
      port: database.port,
      username: 'admin',
      password: 'fake',
    })
    const data = { upgrade_from: '*' }
    await using file = await writeDesired({
      plugins: {
        [DB]: {
          use: 'v0.7.0',
          versions: { 'v0.7.0': { ...binaryOf(cluster, 'database-redis-0.7.0'), data } },
          retire: ['v0.6.0'],
        },
      },
    })
    const token = await tokenFor(cluster, file.path)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path], { token })

    expect(run.stdout + run.stderr).not.toMatch(/Error|unreadable|permission denied/)
    expect(run.exitCode).toBe(0)
  })
})

describeOwn('a plugin file that one node lacks', () => {
  const files = ['secrets-kv-0.16.2', 'secrets-kv-0.21.0'] as const
  const [oldFile, newFile] = files
  let cluster: TestCluster
  let lacking: TestCluster['nodes'][number]

  beforeAll(async () => {
    // Of its own, since files are taken away from its nodes.
    cluster = await startCluster({ plugins: files, audit: true })
  })
  beforeEach(async () => {
    await resetCluster(cluster)
    await makeExampleStates(cluster, [KV])
    lacking = cluster.node(((await cluster.activeIndex()) + 1) % cluster.addresses.length)
  })
  afterEach(async () => {
    const well = cluster.node(await cluster.activeIndex())
    for (const file of files) {
      const lost = join(lacking.pluginDirectory, file)
      await rm(lost, { force: true })
      await copyFile(join(well.pluginDirectory, file), lost)
    }
  })
  afterAll(() => cluster.stop())

  async function registerNew(): Promise<void> {
    const path = `sys/plugins/catalog/${KV}`
    await demand(cluster, path, { ...binaryOf(cluster, newFile), version: 'v0.21.0' })
    await waitUntil('every node that serves has heard of the entry', async () => {
      const options = { noForwarding: true }
      for (const node of await cluster.servingIndices()) {
        const answer = await cluster.request(node, 'GET', `${path}?version=v0.21.0`, options)
        if (answer.status !== 200) return `${cluster.addresses[node] ?? ''} has not`
      }
      return undefined
    })
  }

  /** Applies the upgrade; what it says. Nothing may have been written. */
  async function refused(part: { readonly cluster?: object } = {}): Promise<string> {
    await using file = await writeDesired({ ...part, plugins: upgradeOf(cluster) })
    const before = await readAll(cluster)
    const requestsSince = await markAuditLogs(cluster)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(run.exitCode).toBe(3)
    expect(writesAmong(await requestsSince())).toEqual([])
    expect(await readAll(cluster)).toEqual(before)
    return run.stdout
  }

  it('is seen before anything is begun where its entry is registered already', async () => {
    await registerNew()
    await rm(join(lacking.pluginDirectory, newFile))

    // Vault reads an entry without its file, and a standby of it tells nothing.
    if (cluster.product === 'openbao') {
      const told = await refused()
      expect(told).toMatch(
        new RegExp(`^1 error\n  binary-missing  ${lacking.address}\n.*no such file`, 'm'),
      )
    }
    const checked = await refused({ cluster: binaryCheck(cluster) })
    expect(checked).toContain(`binary-differs  ${lacking.address}`)
  })

  it('is seen by the check of the file’s own before anything is registered', async () => {
    await rm(join(lacking.pluginDirectory, newFile))

    const checked = await refused({ cluster: binaryCheck(cluster) })

    expect(checked).toContain(`binary-differs  ${lacking.address}`)
    expect(checked).not.toContain('binary-missing')
  })

  it('blocks if only the old version needs it, until the new file is checked', async () => {
    await rm(join(lacking.pluginDirectory, oldFile))
    const plugins = upgradeOf(cluster)
    const checks = { cluster: binaryCheck(cluster), plugins }
    const canary = { 'alpha/': { plugin: KV, canary: true } }
    await using unchecked = await writeDesired({ plugins })
    await using careful = await writeDesired({ ...checks, mounts: canary })
    await using file = await writeDesired(checks)

    const first = await runOn(cluster, ['plan', '-f', unchecked.path])
    const held = await runOn(cluster, ['plan', '-f', careful.path])
    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(run.exitCode).toBe(0)
    // Vault reads an entry without its file, so only the check tells.
    if (cluster.product === 'vault') return
    expect([first.exitCode, first.stdout]).toEqual([
      3,
      expect.stringMatching(new RegExp(`^  unchecked-without-rollback  ${KV}$`, 'm')),
    ])
    // The canary’s reload would end the process of the others, which could not start again.
    expect(held.exitCode).toBe(3)
    expect(held.stdout).toContain(
      `plugin directory: ${oldFile} on ${shortName(lacking.address)}. Then`,
    )
    expect(run.stdout).toMatch(
      new RegExp(
        `v0\\.16\\.2 cannot be started again on ${shortName(lacking.address)}: its file ${oldFile} is not`,
      ),
    )
  })
})

async function demand(cluster: ClusterClient, path: string, body: object): Promise<void> {
  const { status } = await cluster.request(await cluster.activeIndex(), 'POST', path, { body })
  if (status >= 300) throw new Error(`${path} answers ${String(status)}`)
}
