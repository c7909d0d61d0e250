/** A real cluster behind a proxy that serves it below a path. */
import { afterAll, beforeEach, expect, it } from 'vitest'
import { startPathProxy } from '../cli/path-proxy.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { writeDesired } from './desired-file.ts'
import { runOn } from './run-on-cluster.ts'

const PREFIX = '/team/vault'
const [OLD, NEW] = ['secrets-kv-0.16.2', 'secrets-kv-0.21.0'] as const

describeReal('an address with a path', () => {
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), ['secret/team-kv'])
  })
  afterAll(() => sharedCluster().reset())

  it('keeps it in every request of an upgrade, and the nodes keep theirs', async () => {
    const cluster = sharedCluster()
    const versions = {
      'v0.16.2': { command: OLD, sha256: cluster.pluginSha256(OLD) },
      'v0.21.0': {
        command: NEW,
        sha256: cluster.pluginSha256(NEW),
        data: { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' },
      },
    }
    const plugins = { 'secret/team-kv': { use: 'v0.21.0', versions } }
    await using file = await writeDesired({ plugins })
    await using proxy = await startPathProxy(cluster.addresses[0]!, PREFIX)
    const at = ['-f', file.path, '--address', proxy.address]

    const applied = await runOn(cluster, ['apply', ...at, '--auto-approve'])
    const drift = await runOn(cluster, ['drift', ...at])

    expect([applied.exitCode, applied.stdout, drift.exitCode]).toEqual([
      0,
      expect.stringContaining('Apply complete'),
      0,
    ])
    expect(proxy.asked.length).toBeGreaterThan(0)
    expect(proxy.asked.filter((url) => !url.startsWith(`${PREFIX}/v1/`))).toEqual([])
  })
})
