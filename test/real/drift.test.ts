/** Things done by hand to a real cluster: seen by drift, with class, mount and node; gone after apply. */
import { existsSync } from 'node:fs'
import { copyFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestCluster, startCluster } from '../cluster/cluster.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import type { DriftReport } from '../../src/documents/drift.generated.ts'
import { Workplace } from '../faults/run-program.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { tokenFor } from './policy-token.ts'
import { runOn } from './run-on-cluster.ts'

const KV = 'secret/team-kv'
const files = ['secrets-kv-0.16.2', 'secrets-kv-0.21.0'] as const

interface Difference {
  readonly class: string
  readonly mount?: string
  readonly node?: string
  readonly subject: string
}

// A cluster of its own: a node is restarted, and files are taken away.
describeOwn('drift', () => {
  const own: { cluster?: TestCluster; file?: DesiredFile; reader?: string } = {}

  beforeAll(async () => {
    const cluster = await startCluster({ plugins: files })
    own.cluster = cluster
    await makeExampleStates(cluster, [KV])
    own.file = await writeDesired({
      plugins: {
        [KV]: { use: 'v0.16.2', versions: { 'v0.16.2': versionOf('secrets-kv-0.16.2') } },
      },
    })
    own.reader = await tokenFor(cluster, own.file.path, readingOnly)
  })
  afterAll(async () => {
    await own.cluster?.stop()
    await own.file?.[Symbol.asyncDispose]()
  })

  const cluster = (): TestCluster => {
    if (own.cluster === undefined) throw new Error('the cluster was not started')
    return own.cluster
  }
  const path = (): string => own.file?.path ?? ''
  const versionOf = (command: PluginFile) => ({ command, sha256: cluster().pluginSha256(command) })

  async function findDrift(): Promise<{ exitCode: number | undefined; differences: Difference[] }> {
    const token = own.reader ?? ''
    const run = await runOn(cluster(), ['drift', '--json', '-f', path()], { token })
    expect(run.stderr).toBe('')
    const { differences } = JSON.parse(run.stdout) as { differences: Difference[] }
    return { exitCode: run.exitCode, differences }
  }

  async function applyAndLookAgain(...more: readonly string[]): Promise<void> {
    const applied = await runOn(cluster(), ['apply', '--auto-approve', ...more, '-f', path()])
    expect(applied.stderr).not.toContain('Error')
    expect(applied.exitCode).toBe(0)
    expect(await findDrift()).toEqual({ exitCode: 0, differences: [] })
  }

  async function standby(): Promise<number> {
    const active = await cluster().activeIndex()
    return [0, 1, 2].find((index) => index !== active) ?? 0
  }

  const register = async (version: string, file: PluginFile) => {
    const body = { version, command: file, sha256: cluster().pluginSha256(file) }
    const active = await cluster().activeIndex()
    await cluster().request(active, 'POST', 'sys/plugins/catalog/secret/team-kv', { body })
  }

  const tune = async (version: string) => {
    const active = await cluster().activeIndex()
    const body = { plugin_version: version }
    await cluster().request(active, 'POST', 'sys/mounts/beta/tune', { body })
  }

  const report = async (...args: readonly string[]): Promise<DriftReport> => {
    const all = ['drift', '--json', '-f', path(), ...args]
    // A token that may not read a node's own configuration cannot tell which node a port forward reaches.
    const { stdout } = await runOn(cluster(), all)
    return JSON.parse(stdout) as DriftReport
  }

  /** The same nodes under other addresses, as through port forwards. */
  async function expectSameFingerprints(): Promise<void> {
    const others = cluster().addresses.map((one) => one.replace('127.0.0.1', 'localhost'))
    const before = await report()
    const after = await report(...others.flatMap((address) => ['--node', address]))

    expect(before.cluster.nodes.map(({ id_source }) => id_source)).toEqual(['raft', 'raft', 'raft'])
    expect(after.differences.map(({ node }) => others.includes(node ?? ''))).toEqual([true])
    expect(after.differences[0]?.fingerprint).toBe(before.differences[0]?.fingerprint)
    expect(after.fingerprint).toBe(before.fingerprint)
  }

  it('is not there at first', async () => {
    expect(await findDrift()).toEqual({ exitCode: 0, differences: [] })
  })

  it('a mount tuned by hand and not reloaded', async () => {
    await register('v0.21.0', 'secrets-kv-0.21.0')
    await tune('v0.21.0')

    const { exitCode, differences } = await findDrift()

    expect(exitCode).toBe(2)
    expect(differences).toMatchObject([{ class: 'version-differs', mount: 'beta/' }])
    await applyAndLookAgain()
  })

  it('a node reloaded alone', async ({ skip }) => {
    skip(cluster().product === 'vault', 'standbys of Vault run no plugins')
    const alone = await standby()
    await tune('v0.21.0')
    await expect
      .poll(async () => {
        const seen = await cluster().request<{ data: { plugin_version: string } }>(
          alone,
          'GET',
          'sys/mounts/beta',
          { noForwarding: true },
        )
        return seen.body.data.plugin_version
      })
      .toBe('v0.21.0')
    const body = { mounts: ['beta/'] }
    const options = { body, noForwarding: true }
    await cluster().request(alone, 'POST', 'sys/plugins/reload/backend', options)
    await tune('v0.16.2')

    const { exitCode, differences } = await findDrift()

    expect(exitCode).toBe(2)
    const node = cluster().addresses[alone]
    expect(differences).toMatchObject([{ class: 'node-skew', mount: 'beta/', node }])
    await expectSameFingerprints()
    await applyAndLookAgain('--allow', `data-downgrade=${KV}`)
  })

  it('an entry registered again by hand with another hash', async () => {
    await register('v0.16.2', 'secrets-kv-0.21.0')

    const { exitCode, differences } = await findDrift()

    expect(exitCode).toBe(2)
    expect(differences.map((one) => one.class)).toContain('hash-differs')
    // No node ever started the entry that was registered by hand, so nothing can be rolled back to.
    const unchecked = ['--allow', `unchecked-without-rollback=${KV}`]
    await applyAndLookAgain('--allow', `sha256-changed=${KV}`, ...unchecked)
  })

  it('an upgrade under way is not reported as drift', async () => {
    await using place = await Workplace.make(cluster().token)
    const hang = join(place.home, 'hang')
    await writeFile(hang, '')
    await using upgrade = await writeDesired({
      plugins: {
        [KV]: {
          use: 'v0.21.0',
          versions: {
            'v0.16.2': versionOf('secrets-kv-0.16.2'),
            'v0.21.0': {
              ...versionOf('secrets-kv-0.21.0'),
              data: { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' },
            },
          },
        },
      },
      mounts: {
        'alpha/': {
          plugin: KV,
          canary: true,
          verify: [
            { run: ['sh', '-c', `touch ${hang}ing; while [ -e ${hang} ]; do sleep 0.1; done`] },
          ],
        },
      },
    })
    const asked = ['-f', upgrade.path, '--address', cluster().addresses[0] ?? '']
    const drift = ['drift', '--json', ...asked]
    const run = place.start(['apply', '--auto-approve', ...asked])
    await waitUntil('the canary is being checked', () =>
      Promise.resolve(existsSync(`${hang}ing`) ? undefined : 'not yet'),
    )

    const once = await place.run(drift)
    const confirmed = await place.run([...drift, '--confirm', '2', '--after', '100ms'])
    await rm(hang)
    const applied = await run.ended
    const after = await place.run([...drift, '--confirm', '2'])

    expect(once.exitCode).toBe(2)
    expect(confirmed.exitCode).toBe(9)
    expect(JSON.parse(confirmed.stdout)).toMatchObject({
      ...{ readings: 2, differences: [], in_sync: false },
      run_under_way: { state: 'under_way' },
    })
    expect(applied.exitCode).toBe(0)
    expect(after.exitCode).toBe(0)
    expect(JSON.parse(after.stdout)).toMatchObject({
      ...{ run_under_way: { state: 'none' }, known_runs: { count: 1, latest: { ended: true } } },
    })
    await applyAndLookAgain('--allow', `data-downgrade=${KV}`)
  })

  it('a plugin file removed, and its node restarted', async () => {
    const place = await standby()
    const node = cluster().node(place)
    const file = join(node.pluginDirectory, 'secrets-kv-0.16.2')
    const other = cluster().node(await cluster().activeIndex())
    await rm(file)
    await node.stop()
    await node.restart()
    await cluster().waitUntilReady()

    if (cluster().product === 'vault') {
      // A standby runs no plugins there: it shows when that node leads.
      expect((await findDrift()).exitCode).toBe(0)
      await cluster().makeLead(place)
    }
    const { exitCode, differences } = await findDrift()

    expect(exitCode).toBe(2)
    const down = differences.filter((one) => one.class === 'mount-down')
    expect(down.map(({ mount, node: on }) => [mount, on])).toEqual(
      ['alpha/', 'beta/', 'gamma/'].map((mount) => [mount, node.address]),
    )
    await copyFile(join(other.pluginDirectory, 'secrets-kv-0.16.2'), file)
    await applyAndLookAgain()
  })
})

/** A policy's line without the rights that change something; none where it has no other. */
function readingOnly(line: string): string {
  const kept = /\[(.*)\]/
    .exec(line)?.[1]
    ?.split(', ')
    .filter((one) => /read|list|sudo/.test(one))
  return kept?.some((one) => one !== '"sudo"') === true
    ? line.replace(/\[.*\]/, `[${kept.join(', ')}]`)
    : ''
}
