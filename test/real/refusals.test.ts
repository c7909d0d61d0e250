/** What is never done, whatever the file asks: exit 3 with the rule's name, and no write sent. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeReal, sharedCluster, type SharedCluster } from '../cluster/shared-cluster.ts'
import { markAuditLogs, writesAmong } from './audit-log.ts'
import { writeDesired } from './desired-file.ts'
import { readExternalEntries, readNodeMounts } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

type MakeState = (binary: (command: PluginFile) => unknown) => Readonly<Record<string, unknown>>

interface Refusal {
  readonly what: string
  readonly rule: string
  /** What the message must name. */
  readonly named: readonly string[]
  readonly state: MakeState
}

const refusals: readonly Refusal[] = [
  {
    what: 'a version that mounts use is to be retired',
    rule: 'version-in-use',
    named: ['alpha/', 'beta/', 'gamma/', 'v0.16.2'],
    state: () => ({ plugins: { 'secret/team-kv': { retire: ['v0.16.2'] } } }),
  },
  {
    what: 'a version is to be retired that one mount is held at',
    rule: 'version-in-use',
    named: ['gamma/', 'v0.16.2'],
    state: (binary) => ({
      plugins: {
        'secret/team-kv': {
          use: 'v0.21.0',
          versions: {
            'v0.16.2': binary('secrets-kv-0.16.2'),
            'v0.21.0': binary('secrets-kv-0.21.0'),
          },
          retire: ['v0.16.2'],
        },
      },
      mounts: {
        'gamma/': { plugin: 'secret/team-kv', use: 'v0.16.2', because: 'held back' },
      },
    }),
  },
  {
    what: 'a mount of another plugin is at the path',
    rule: 'mount-type-change',
    named: ['team-a/', 'secret/my-kv'],
    state: (binary) => ({
      plugins: {
        'secret/new-kv': {
          use: 'v0.21.0',
          versions: { 'v0.21.0': binary('secrets-kv-0.21.0') },
        },
      },
      mounts: { 'team-a/': { plugin: 'secret/new-kv', enable: true } },
    }),
  },
  {
    what: 'kv is to be overridden',
    rule: 'not-overridable',
    named: ['secret/kv'],
    state: (binary) => ({
      plugins: {
        'secret/kv': {
          overrides: 'builtin',
          use: 'v0.21.0',
          versions: { 'v0.21.0': binary('secrets-kv-0.21.0') },
        },
      },
    }),
  },
  {
    what: 'a builtin would be overridden and the file does not say so',
    rule: 'builtin-overridden',
    named: ['auth/jwt', 'overrides: builtin'],
    state: (binary) => ({
      plugins: {
        'auth/jwt': { use: 'unversioned', versions: { unversioned: binary('auth-jwt-0.25.0') } },
      },
    }),
  },
]

describeReal('a file that asks for what must not be', () => {
  beforeAll(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster())
  })
  afterAll(() => sharedCluster().reset())

  it.each(refusals)('is refused where $what ($rule)', async ({ rule, named, state }) => {
    const cluster = sharedCluster()
    const binary = (command: PluginFile): unknown => ({
      command,
      sha256: cluster.pluginSha256(command),
    })
    await using file = await writeDesired(state(binary))
    const before = await readAll(cluster)
    const requestsSince = await markAuditLogs(cluster)

    const planned = await runOn(cluster, ['plan', '--verbose', '-f', file.path])
    const inDetail = await runOn(cluster, ['plan', '--detailed-exitcode', '-f', file.path])
    const applied = await runOn(cluster, ['apply', '--auto-approve', '--verbose', '-f', file.path])

    expect([planned.exitCode, inDetail.exitCode, applied.exitCode]).toEqual([3, 3, 3])
    for (const { stdout, stderr } of [planned, applied]) {
      for (const text of [rule, ...named]) expect(stdout).toContain(text)
      expect(writesLogged(stderr)).toEqual([])
    }
    expect(writesAmong(await requestsSince())).toEqual([])
    expect(applied.journal).not.toContain('step_started')
    expect(await readAll(cluster)).toEqual(before)
  })

  it('is refused by name in JSON, too', async () => {
    const cluster = sharedCluster()
    await using file = await writeDesired({
      plugins: { 'secret/team-kv': { retire: ['v0.16.2'] } },
    })

    const run = await runOn(cluster, ['plan', '--json', '-f', file.path])

    const { findings } = JSON.parse(run.stdout) as PlanDocument
    const errors = findings.filter(({ severity }) => severity === 'error')
    expect(run.exitCode).toBe(3)
    expect(errors.map(({ rule }) => rule)).toContain('version-in-use')
  })
})

interface PlanDocument {
  readonly findings: readonly { readonly rule: string; readonly severity: string }[]
}

/** Of the requests that `--verbose` logged; asking what the token may do is a POST and no write. */
function writesLogged(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => /^(POST|PUT|DELETE) /.test(line))
    .filter((line) => !line.includes('/v1/sys/capabilities-self '))
}

async function readAll(cluster: SharedCluster) {
  return { entries: await readExternalEntries(cluster), mounts: await readNodeMounts(cluster) }
}
