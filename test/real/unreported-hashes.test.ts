/**
 * Entries that the servers' own configuration declares without `sha256sum`: OpenBao reports no hash
 * of them, nor of what runs. Nothing is called a builtin for that, and nothing counts as proved.
 */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { describe as told } from '../cluster/cluster-client.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { readNodeMounts } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

const ID = 'secret/dec'
const OLD = 'secrets-kv-0.16.2'
const NEW = 'secrets-kv-0.21.0'
const NOT_REPORTED = 'hash not reported by the server'

const only = { on: 'openbao', because: 'Vault takes no plugins from its configuration' } as const

describeOwn('a hash that the server does not report', only, () => {
  const own: { cluster?: TestCluster; files: DesiredFile[] } = { files: [] }

  beforeAll(async () => {
    const entry = { type: 'secret', name: 'dec' } as const
    const cluster = await startCluster({
      plugins: [OLD, NEW],
      declared: [
        { ...entry, command: OLD, version: 'v0.16.2' },
        { ...entry, command: NEW, version: 'v0.21.0' },
      ],
    })
    own.cluster = cluster
    for (const [mount, plugin_version] of [
      ['first', 'v0.21.0'],
      ['second', 'v0.16.2'],
    ]) {
      const body = { type: 'dec', config: { plugin_version } }
      const path = `sys/mounts/${mount}`
      const answer = await cluster.request(await cluster.activeIndex(), 'POST', path, { body })
      if (answer.status !== 204) throw new Error(told(answer))
      await cluster.waitUntilReady()
    }
  })
  afterAll(async () => {
    await own.cluster?.stop()
    for (const file of own.files) await file[Symbol.asyncDispose]()
  })

  const cluster = (): TestCluster => {
    if (own.cluster === undefined) throw new Error('the cluster was not started')
    return own.cluster
  }

  async function write(part: object): Promise<string> {
    const binary = (command: PluginFile) => ({
      command,
      sha256: cluster().pluginSha256(command),
      data: { upgrade_from: '*', downgrade_to: '*' },
    })
    const versions = { 'v0.16.2': binary(OLD), 'v0.21.0': binary(NEW) }
    const file = await writeDesired({ plugins: { [ID]: { versions, ...part } } })
    own.files.push(file)
    return file.path
  }

  it('is told by status for each node, and the mounts are not called right', async () => {
    const run = await runOn(cluster(), ['status'])

    expect(run.exitCode).toBe(0)
    expect(run.stdout.match(/v0\.21\.0 \(hash not reported\) ok/g)).toHaveLength(3)
    expect(run.stdout).toContain('2 with a hash that the server does not report')
    for (const version of ['v0.16.2', 'v0.21.0']) {
      expect(run.stdout).toContain(`  catalog entry: ${ID} ${version}: ${NOT_REPORTED}`)
    }
    expect(run.stdout).not.toMatch(/builtin|each as configured|≠/)
  })

  it('is no drift, and not in sync either', async () => {
    const file = await write({})

    const run = await runOn(cluster(), ['drift', '--json', '-f', file])
    const text = await runOn(cluster(), ['drift', '-f', file])

    const report = JSON.parse(run.stdout) as {
      in_sync: boolean
      differences: unknown[]
      unreadable: { subject: string; found: string }[]
    }
    expect(report).toMatchObject({ in_sync: false, differences: [] })
    expect(report.unreadable.map(({ subject, found }) => [subject, found])).toEqual([
      [`${ID} v0.16.2`, NOT_REPORTED],
      [`${ID} v0.21.0`, NOT_REPORTED],
      ['first/', `v0.21.0 (${NOT_REPORTED})`],
      ['second/', `v0.16.2 (${NOT_REPORTED})`],
    ])
    expect(run.exitCode).toBe(9)
    expect(text.stdout).not.toContain('No drift')
  })

  it('is a note of import, whose file plans to nothing, as far as can be read', async () => {
    const imported = await runOn(cluster(), ['import'])
    expect(imported.exitCode).toBe(0)
    expect(imported.stdout).toContain(
      `# Note: The entry ${ID} v0.21.0 (command ${NEW}) is left out`,
    )
    expect(imported.stdout).toContain(NOT_REPORTED)
    expect(imported.stdout).not.toMatch(/builtin|^\s*sha256:/m)

    const { parse } = await import('yaml')
    const file = await writeDesired(parse(imported.stdout) as Record<string, unknown>)
    own.files.push(file)
    expect(await readFile(file.path, 'utf8')).not.toContain('sha256')
    const planned = await runOn(cluster(), ['plan', '--json', '-f', file.path])
    expect(planned.exitCode).toBe(0)
    expect(JSON.parse(planned.stdout)).toMatchObject({
      steps: [],
      findings: [{ rule: 'unreadable', message: expect.stringContaining(NOT_REPORTED) as string }],
    })
    const text = await runOn(cluster(), ['plan', '--detailed-exitcode', '-f', file.path])
    expect(text.exitCode).toBe(9)
    expect(text.stdout).toContain('Nothing to change in what could be read.')
  })

  it('lets a mount go to another version, checked by what the server reports', async () => {
    const file = await write({ use: 'v0.21.0' })

    const applied = await runOn(cluster(), ['apply', '--auto-approve', '-f', file])
    const again = await runOn(cluster(), ['plan', '--json', '-f', file])

    expect([applied.exitCode, applied.stdout]).toEqual([0, expect.stringContaining(NOT_REPORTED)])
    for (const [, mounts] of await readNodeMounts(cluster())) {
      expect(mounts.get('second/')).toMatchObject({
        plugin_version: 'v0.21.0',
        running_plugin_version: 'v0.21.0',
        running_sha256: '',
      })
    }
    expect(JSON.parse(again.stdout)).toMatchObject({ steps: [] })
  })
})
