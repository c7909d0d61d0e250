/**
 * Standbys of OpenBao that are configured to forward (`disable_standby_reads`): they run no plugins,
 * so a plan has no step for them, and nothing counts as unknown because of them.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeOwn, type OnlyOn } from '../cluster/shared-cluster.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { runOn } from './run-on-cluster.ts'

const oldFile = 'secrets-kv-0.16.2'
const newFile = 'secrets-kv-0.21.0'
const plugin = 'secret/team-kv'
const mounts = ['alpha/', 'beta/', 'gamma/']
const ofOpenBao: OnlyOn = {
  on: 'openbao',
  because: 'every standby of Vault forwards, in each test',
}

describeOwn('standbys that are configured to forward', ofOpenBao, () => {
  let cluster: TestCluster
  let file: DesiredFile
  beforeAll(async () => {
    cluster = await startCluster({ plugins: [oldFile, newFile], disableStandbyReads: true })
    await makeExampleStates(cluster, [plugin])
    const binary = (command: PluginFile) => ({ command, sha256: cluster.pluginSha256(command) })
    const data = { upgrade_from: '*', downgrade_to: '*' }
    const versions = { 'v0.16.2': binary(oldFile), 'v0.21.0': { ...binary(newFile), data } }
    file = await writeDesired({ plugins: { [plugin]: { use: 'v0.21.0', versions } } })
  })
  afterAll(async () => {
    await file[Symbol.asyncDispose]()
    await cluster.stop()
  })

  it('are told as forwarding by status, with nothing unknown and nothing read twice', async () => {
    const text = await runOn(cluster, ['status', '--verbose'])
    const json = await runOn(cluster, ['status', '--json'])

    expect(text.exitCode).toBe(0)
    expect(text.stdout).toContain('each as configured')
    expect(text.stdout).not.toMatch(/Could not be read|could not be reached|not ready/)
    const live = JSON.parse(json.stdout) as LiveDocument
    const active = cluster.addresses[await cluster.activeIndex()]
    expect(live.nodes.map(({ address, state }) => [address, state]).sort()).toEqual(
      cluster.addresses.map((one) => [one, one === active ? 'serving' : 'forwarding']).sort(),
    )
    for (const mount of mounts) {
      expect(live.mounts.find(({ path }) => path === mount)?.nodes).toMatchObject([
        { node: active, running_sha256: cluster.pluginSha256(oldFile) },
      ])
    }
    expectReadOnce(text.stderr)
  })

  it('get no step of a plan that upgrades, and hold none back', async () => {
    const run = await runOn(cluster, ['plan', '--json', '--detailed-exitcode', '-f', file.path])

    expect(run.exitCode).toBe(2)
    const { steps, findings } = JSON.parse(run.stdout) as PlanDocument
    expect(findings.map(({ rule }) => rule)).not.toContain('node-unreachable')
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    const active = cluster.addresses[await cluster.activeIndex()]
    const reloads = steps.filter(({ action }) => action.kind === 'reload')
    expect(reloads.flatMap(({ action }) => action.mounts ?? []).sort()).toEqual(mounts)
    expect(new Set(reloads.map(({ action }) => action.node))).toEqual(new Set([active]))
  })

  it('run the new version once they lead, with no change to plan and no drift after apply', async () => {
    const applied = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])
    expect({ exitCode: applied.exitCode, stderr: applied.stderr }).toMatchObject({ exitCode: 0 })
    expect(applied.stdout).toContain('Apply complete')
    await expectInSync()

    const before = await cluster.activeIndex()
    await cluster.stepDown()

    expect(await cluster.activeIndex()).not.toBe(before)
    await expectInSync()
  })

  /** By the program, and by the leader's own list. */
  async function expectInSync(): Promise<void> {
    const plan = ['plan', '--detailed-exitcode', '--verbose', '-f', file.path]
    const planned = await runOn(cluster, plan)
    const drift = await runOn(cluster, ['drift', '--verbose', '-f', file.path])

    expect(planned).toMatchObject({ exitCode: 0 })
    expect(planned.stdout).toMatch(/^No changes\./m)
    expect(drift).toMatchObject({ exitCode: 0 })
    expect(drift.stdout).toMatch(/^No drift\./m)
    expectReadOnce(planned.stderr)
    expectReadOnce(drift.stderr)
    const { body } = await cluster.request<{ data: Record<string, { running_sha256: string }> }>(
      await cluster.activeIndex(),
      'GET',
      'sys/mounts',
    )
    for (const mount of mounts) {
      expect(body.data[mount]?.running_sha256).toBe(cluster.pluginSha256(newFile))
    }
  }

  /** Each question went to a node once: while nodes seem not to agree, all is read again. */
  function expectReadOnce(log: string): void {
    const asked = log.split('\n').flatMap((line) => /^GET (\S+) -> /.exec(line)?.[1] ?? [])
    expect(asked.filter((one) => one.endsWith('/v1/sys/ha-status'))).toHaveLength(1)
    for (const address of cluster.addresses) {
      expect(asked).toContain(`${address}/v1/sys/mounts`)
    }
    expect(asked.filter((one, at) => asked.indexOf(one) !== at)).toEqual([])
  }
})

interface LiveDocument {
  readonly nodes: readonly { readonly address: string; readonly state: string }[]
  readonly mounts: readonly {
    readonly path: string
    readonly nodes: readonly { readonly node: string; readonly running_sha256: string }[]
  }[]
}

interface PlanDocument {
  readonly steps: readonly {
    readonly action: {
      readonly kind: string
      readonly node?: string
      readonly mounts?: readonly string[]
    }
  }[]
  readonly findings: readonly { readonly rule: string; readonly severity: string }[]
}
