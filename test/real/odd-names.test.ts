/** Names that need encoding in a URL, and what servers and the program make of them. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestCluster, startCluster } from '../cluster/cluster.ts'
import { describe as told } from '../cluster/cluster-client.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { hashesOf } from './node-views.ts'
import { tokenFor } from './policy-token.ts'
import { runOn } from './run-on-cluster.ts'

const KV = 'team/kv'
const MOUNTS = ['a#b/', 'a%2fb/', 'a b/', 'ü/', 'a+b/', 'a*/', 'a?b/', 'a\\b/', '日本/']
/** Of a plugin of its own: no policy can name this mount alone. */
const WILD = { plugin: 'a+b @c', mount: '+/' }
const OLD = 'secrets-kv-0.16.2'
const NEW = 'secrets-kv-0.21.0'

const encode = (name: string): string =>
  name.replace(/\/$/, '').split('/').map(encodeURIComponent).join('/')

// A cluster of its own: what removes the mounts of the shared one knows no such names.
describeOwn('odd names', () => {
  const own: { cluster?: TestCluster; files: DesiredFile[] } = { files: [] }

  beforeAll(async () => {
    const cluster = await startCluster({ plugins: [OLD, NEW] })
    own.cluster = cluster
    for (const name of [KV, WILD.plugin]) {
      await post(`sys/plugins/catalog/secret/${encode(name)}`, {
        version: 'v0.16.2',
        command: OLD,
        sha256: cluster.pluginSha256(OLD),
      })
    }
    for (const mount of MOUNTS) await enable(mount, KV)
    await enable(WILD.mount, WILD.plugin)
  })
  afterAll(async () => {
    await own.cluster?.stop()
    for (const file of own.files) await file[Symbol.asyncDispose]()
  })

  const cluster = (): TestCluster => {
    if (own.cluster === undefined) throw new Error('the cluster was not started')
    return own.cluster
  }

  async function post(path: string, body: unknown): Promise<void> {
    const answer = await cluster().request(await cluster().activeIndex(), 'POST', path, { body })
    if (answer.status >= 300) throw new Error(`${path}: ${told(answer)}`)
  }

  async function enable(mount: string, type: string): Promise<void> {
    await post(`sys/mounts/${encode(mount)}`, { type, config: { plugin_version: 'v0.16.2' } })
    await cluster().waitUntilReady()
  }

  async function desired(state: Readonly<Record<string, unknown>>): Promise<string> {
    const file = await writeDesired(state)
    own.files.push(file)
    return file.path
  }

  const binary = (command: PluginFile) => ({ command, sha256: cluster().pluginSha256(command) })
  const versions = () => ({ 'v0.16.2': binary(OLD), 'v0.21.0': binary(NEW) })

  it('status sees every mount answer on every node', async () => {
    const run = await runOn(cluster(), ['status', '--json'])
    expect(run.exitCode).toBe(0)
    const { mounts, unreadable } = JSON.parse(run.stdout) as {
      mounts: { path: string; plugin: string; nodes: { answers: string }[] }[]
      unreadable: unknown[]
    }
    expect(unreadable).toEqual([])
    const odd = mounts.filter(({ plugin }) => plugin === `secret/${KV}`)
    expect(odd.map(({ path }) => path).sort()).toEqual([...MOUNTS].sort())
    const nodes = await cluster().servingIndices()
    for (const { nodes: on } of odd)
      expect(on.map(({ answers }) => answers)).toEqual(nodes.map(() => 'yes'))
  })

  it('the plan for what import writes is empty, and drift finds nothing', async () => {
    const imported = await runOn(cluster(), ['import'])
    expect(imported.exitCode).toBe(0)
    expect(imported.stdout).toContain(`secret/${KV}`)
    expect(imported.stdout).toContain(WILD.plugin)
    const { parse } = await import('yaml')
    const file = await desired(parse(imported.stdout) as Record<string, unknown>)
    const planned = await runOn(cluster(), ['plan', '--detailed-exitcode', '-f', file])
    expect([planned.exitCode, planned.stderr]).toEqual([0, ''])
    const drift = await runOn(cluster(), ['drift', '-f', file])
    expect(drift.exitCode).toBe(0)
  })

  it('an upgrade reaches each of them on every node, with the token that policy tells of', async () => {
    const file = await desired({
      plugins: { [`secret/${KV}`]: { use: 'v0.21.0', versions: versions() } },
    })
    const token = await tokenFor(cluster(), file)
    const applied = await runOn(cluster(), ['apply', '--auto-approve', '-f', file], { token })
    expect([applied.exitCode, applied.stderr]).toEqual([0, expect.not.stringContaining('Error')])
    const sha256 = cluster().pluginSha256(NEW)
    const nodes = await cluster().servingIndices()
    for (const mount of MOUNTS) {
      expect([mount, await hashesOf(cluster(), mount)]).toEqual([mount, nodes.map(() => sha256)])
    }
    // Beside them nothing moved, though its name is a pattern for theirs.
    const untouched = cluster().pluginSha256(OLD)
    expect(await hashesOf(cluster(), WILD.mount)).toEqual(nodes.map(() => untouched))
  })

  it('no policy is printed for a mount that a policy cannot name alone', async () => {
    const file = await desired({
      plugins: { [`secret/${WILD.plugin}`]: { use: 'v0.21.0', versions: versions() } },
    })
    const printed = await runOn(cluster(), ['policy', '-f', file])
    expect([printed.exitCode, printed.stdout]).toEqual([1, ''])
    // One path a line.
    expect(printed.stderr).toMatch(/needs:\n(?: {4}.*\n)* {4}sys\/mounts\/\+\/tune: /)
  })

  it('a path that leads elsewhere is refused by validate, and nothing is mounted', async () => {
    const file = await desired({
      plugins: { [`secret/${KV}`]: { use: 'v0.16.2', versions: versions() } },
      mounts: { 'x/../viatraverse/': { plugin: `secret/${KV}`, enable: true } },
    })
    for (const command of [['validate'], ['apply', '--auto-approve']]) {
      const run = await runOn(cluster(), [...command, '-f', file])
      expect(run.exitCode).toBe(1)
      expect(run.stderr).toMatch(/lockstep\.yaml:\d+:\d+: x\/\.\.\/viatraverse\/ cannot be a mount/)
    }
    const listed = await cluster().request<{ data: object }>(0, 'GET', 'sys/mounts')
    expect(Object.keys(listed.body.data)).not.toContain('viatraverse/')
  })

  it('a rate limit is waited for, and one that lasts longer is told as that', async () => {
    const limit = (path: string, rate: number, interval: string) =>
      post(`sys/quotas/rate-limit/${path.length}`, { path, rate, interval })
    const catalog = 'sys/plugins/catalog'
    await limit(catalog, 1, '60s')
    const lasting = await runOn(cluster(), ['status', '--timeout', '3'])
    const again = await runOn(cluster(), ['status', '--timeout', '3'])
    expect([lasting.exitCode, again.exitCode]).toContain(1)
    expect(`${lasting.stderr}${again.stderr}`).toContain('rate limit')
    await limit(catalog, 1000, '1s')
    await limit(`${catalog}/*`, 1, '1s')
    const waited = await runOn(cluster(), ['status', '--verbose'])
    expect([waited.exitCode, waited.stderr]).toEqual([0, expect.stringContaining('-> 429')])
  })
})
