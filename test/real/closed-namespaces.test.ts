/**
 * Namespaces that answer nothing because somebody sealed or locked them: told by name and by what
 * closes them, and nothing is said of the mounts in them, neither that they are missing nor that
 * they are in sync.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { describe as told } from '../cluster/cluster-client.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeOwn, type OnlyOn } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { runOn } from './run-on-cluster.ts'

const oldFile = 'secrets-kv-0.16.2'
const newFile = 'secrets-kv-0.21.0'
const plugin = 'secret/team-kv'
const CLOSED = [
  ['locked/', 'the namespace is locked'],
  ['sealed/', 'the namespace is sealed'],
] as const
const hasNamespaces: OnlyOn = { on: 'openbao', because: 'Vault Community has no namespaces' }

describeOwn('a sealed namespace and a locked one', hasNamespaces, () => {
  let cluster: TestCluster
  const keys = { unlock: '', unseal: '' }
  beforeAll(async () => {
    cluster = await startCluster({ plugins: [oldFile, newFile] })
    const sha256 = cluster.pluginSha256(oldFile)
    const entry = { command: oldFile, sha256, version: 'v0.16.2' }
    await write('POST', `sys/plugins/catalog/${plugin}`, entry)
    const seal = 'seal "shamir" { shares = 1\n threshold = 1 }'
    for (const [namespace, body] of [
      ['open', {}],
      ['locked', {}],
      ['sealed', { seal }],
    ] as const) {
      const made = await write('POST', `sys/namespaces/${namespace}`, body)
      // One with a seal of its own is sealed when it is made.
      keys.unseal = made.data?.key_shares?.[0] ?? ''
      if (keys.unseal !== '') await open()
      const config = { plugin_version: 'v0.16.2' }
      await write('POST', `${namespace}/sys/mounts/kv`, { type: 'team-kv', config })
      await cluster.waitUntilReady()
    }
  })
  // Once for all tests: the nodes take ten seconds to seal and to unseal one. The last test opens both.
  beforeAll(async () => {
    await write('PUT', 'sys/namespaces/sealed/seal')
    const locked = await write('POST', 'sys/namespaces/api-lock/lock/locked')
    keys.unlock = locked.data?.unlock_key ?? ''
    await untilAll(503)
  })
  afterAll(() => cluster.stop())

  it('are told by status', async () => {
    const text = await runOn(cluster, ['status'])
    const json = await runOn(cluster, ['status', '--json'])

    expect([text.exitCode, json.exitCode]).toEqual([0, 0])
    const { mounts, unreadable } = JSON.parse(json.stdout) as LiveDocument
    expect(unreadable.map(({ what, path, reason }) => [what, path, reason])).toEqual(
      CLOSED.map(([path, reason]) => ['namespaces', path, reason]),
    )
    expect(mounts.map(({ path }) => path)).toEqual(['open/kv/'])
    for (const [path, reason] of CLOSED) expect(text.stdout).toContain(`${path}: ${reason}`)
    expect(text.stdout).toContain('1 mount on 3 nodes: 2 things could not be read.')
    expect(text.stdout).not.toMatch(/route|HTTP/)
  })

  it('leave drift unknown, with nothing missing', async () => {
    await using file = await desired('v0.16.2')
    const json = await runOn(cluster, ['drift', '--json', '-f', file.path])
    const text = await runOn(cluster, ['drift', '-f', file.path])

    expect([json.exitCode, text.exitCode]).toEqual([9, 9])
    const report = JSON.parse(json.stdout) as DriftDocument
    expect(report.differences).toEqual([])
    expect(report.unreadable.map(({ subject, found, fix }) => [subject, found, fix])).toEqual([
      ['locked/', 'the namespace is locked', 'Unlock the namespace.'],
      ['sealed/', 'the namespace is sealed', 'Unseal the namespace.'],
    ])
    for (const [, reason] of CLOSED) expect(text.stdout).toContain(reason)
    expect(text.stdout).not.toMatch(/No drift|mount-missing/)
  })

  it('leave a plan without changes unknown, and their mounts out of one with changes', async () => {
    await using current = await desired('v0.16.2')
    await using upgrade = await desired('v0.21.0')
    const args = ['plan', '--detailed-exitcode', '-f']
    const unchanged = await runOn(cluster, [...args, current.path])
    const json = await runOn(cluster, [...args, upgrade.path, '--json'])

    expect(unchanged.exitCode).toBe(9)
    expect(unchanged.stdout).toContain('Nothing to change in what could be read.')
    for (const [path, reason] of CLOSED) {
      expect(unchanged.stdout).toContain(`${path} could not be read: ${reason}.`)
      expect(unchanged.stdout).toContain(`Whether ${path}kv/ exists is not known`)
    }
    expect(json.exitCode).toBe(2)
    const { steps, findings } = JSON.parse(json.stdout) as PlanDocument
    const changed = steps.flatMap(({ action }) => action.mount ?? action.mounts ?? [])
    expect(new Set(changed)).toEqual(new Set(['open/kv/']))
    const unread = findings.filter(({ rule }) => rule === 'unreadable')
    expect(unread.map(({ subject }) => subject)).toEqual(CLOSED.map(([path]) => path))
    expect(findings.map(({ rule }) => rule)).not.toContain('mount-absent')
  })

  it('count as using a version that is to be retired', async () => {
    await using file = await desired('v0.21.0', { retire: ['v0.16.2'] })
    const run = await runOn(cluster, ['plan', '--json', '-f', file.path])

    expect(run.exitCode).toBe(3)
    const { findings } = JSON.parse(run.stdout) as PlanDocument
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'version-in-use', severity: 'error' }),
    )
  })

  it('keep what they hold through an apply, and are brought up to date once they are opened', async () => {
    await using file = await desired('v0.21.0')
    const apply = ['apply', '--auto-approve', '-f', file.path]
    const first = await runOn(cluster, apply)
    const closed = await runOn(cluster, ['drift', '-f', file.path])
    await open()
    const opened = await runOn(cluster, ['drift', '--json', '-f', file.path])
    const second = await runOn(cluster, apply)
    const drift = await runOn(cluster, ['drift', '-f', file.path])

    expect(first.exitCode).toBe(0)
    for (const [, reason] of CLOSED) expect(first.stdout).toContain(reason)
    expect(closed.exitCode).toBe(9)
    expect(opened.exitCode).toBe(2)
    const { differences, unreadable } = JSON.parse(opened.stdout) as DriftDocument
    expect(unreadable).toEqual([])
    expect([...new Set(differences.map(({ subject }) => subject))].sort()).toEqual(
      CLOSED.map(([path]) => `${path}kv/`),
    )
    expect(second.exitCode).toBe(0)
    expect(drift).toMatchObject({ exitCode: 0 })
    expect(drift.stdout).toMatch(/^No drift\./m)
  })

  async function open(): Promise<void> {
    await write('PUT', 'sys/namespaces/sealed/unseal', { key: keys.unseal })
    if (keys.unlock !== '') {
      const body = { unlock_key: keys.unlock }
      await write('POST', 'sys/namespaces/api-lock/unlock/locked', body)
      keys.unlock = ''
    }
    await untilAll(200)
  }

  /** Nodes seal and unseal a namespace some seconds after the active node was asked to. */
  function untilAll(status: 200 | 503): Promise<void> {
    return waitUntil(`every node answers ${String(status)} in both namespaces`, async () => {
      for (const [namespace] of CLOSED) {
        for (const address of cluster.addresses) {
          const path = `${namespace}sys/mounts`
          const answer = await cluster.request(address, 'GET', path, { noForwarding: true })
          if (answer.status !== status) return `${address} ${path}: ${told(answer)}`
        }
      }
      return undefined
    })
  }

  function desired(use: string, part: object = {}): Promise<DesiredFile> {
    const binary = (command: PluginFile) => ({ command, sha256: cluster.pluginSha256(command) })
    const data = { upgrade_from: '*', downgrade_to: '*' }
    const versions = {
      'v0.16.2': binary(oldFile),
      // Where it is registered without being used, it would be a change.
      ...(use === 'v0.21.0' && { 'v0.21.0': { ...binary(newFile), data } }),
    }
    const named = ['open/kv/', ...CLOSED.map(([path]) => `${path}kv/`)]
    return writeDesired({
      plugins: { [plugin]: { use, versions, ...part } },
      mounts: Object.fromEntries(named.map((path) => [path, { plugin, enable: true }])),
    })
  }

  async function write(method: string, path: string, body?: object): Promise<Written> {
    const active = await cluster.activeIndex()
    const options = body === undefined ? {} : { body }
    const answer = await cluster.request<Written>(active, method, path, options)
    if (answer.status >= 300) throw new Error(`${path} answered ${told(answer)}`)
    return answer.body
  }
})

interface Written {
  readonly data?: { readonly key_shares?: readonly string[]; readonly unlock_key?: string }
}

interface LiveDocument {
  readonly mounts: readonly { readonly path: string }[]
  readonly unreadable: readonly {
    readonly what: string
    readonly path: string
    readonly reason: string
  }[]
}

interface DriftDocument {
  readonly differences: readonly { readonly subject: string }[]
  readonly unreadable: readonly {
    readonly subject: string
    readonly found: string
    readonly fix: string
  }[]
}

interface PlanDocument {
  readonly steps: readonly {
    readonly action: { readonly mount?: string; readonly mounts?: readonly string[] }
  }[]
  readonly findings: readonly {
    readonly rule: string
    readonly severity: string
    readonly subject: string
  }[]
}
