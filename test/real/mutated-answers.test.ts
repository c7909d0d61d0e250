/** Commands against real nodes behind a proxy that mutates one answer a run. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { type CommandTrial, tryCommand } from '../mutated-answers/try-commands.ts'
import {
  type ApplyState,
  whyApplyFalse,
  whyDriftFalse,
  whyImportFalse,
  whyPlanFalse,
  whyStatusFalse,
} from '../mutated-answers/why-false.ts'
import { hashesOf } from './node-views.ts'

const PLUGIN = 'secret/team-kv'
const MOUNT = 'beta/'
const DESIRED = { version: 'v0.16.2', file: 'secrets-kv-0.16.2' } as const
const OTHER = { version: 'v0.21.0', file: 'secrets-kv-0.21.0' } as const

describeReal('answers of real nodes, one of them mutated', () => {
  beforeAll(async () => {
    const cluster = sharedCluster()
    await cluster.reset()
    await makeExampleStates(cluster, [PLUGIN])
    await request('POST', `sys/plugins/catalog/${PLUGIN}`, {
      version: OTHER.version,
      ...binary(OTHER.file),
    })
    await drift()
  })
  afterAll(() => sharedCluster().reset())

  const reading: readonly [args: readonly string[], judge: () => CommandTrial['whyFalse']][] = [
    [['plan', '--detailed-exitcode', '-f', 'FILE'], () => whyPlanFalse],
    [['drift', '--json', '-f', 'FILE'], () => whyDriftFalse],
    [['status', '--json'], () => whyStatusFalse(expected())],
    [['import'], () => whyImportFalse(expected())],
  ]
  it.each(reading)('%j: no drift is hidden, and nothing crashes', async (args, judge) => {
    const prepare = () => Promise.resolve()
    await tryOn({ name: args.join(' '), args, file: desired(), prepare, whyFalse: judge() }, 10)
  })

  it('apply: what it says of the cluster is so, and the next run ends it', async () => {
    const args = ['apply', '--auto-approve', '-f', 'FILE']
    const whyFalse = whyApplyFalse(look)
    await tryOn({ name: 'apply', args, file: desired(), prepare: drift, whyFalse }, 6)
  })
})

async function tryOn(trial: CommandTrial, count: number): Promise<void> {
  const { addresses, token } = sharedCluster()
  const target = { addresses, token, isSimulated: false }
  const { tried, wrong, crashed } = await tryCommand(target, trial, { depth: 3, count })
  expect({ tried, wrong, crashed }).toEqual({ tried: count, wrong: [], crashed: [] })
}

/** One node, and no other, runs what was tuned for a while: `beta/` is reloaded there alone. */
async function drift(): Promise<void> {
  const cluster = sharedCluster()
  const active = await cluster.activeIndex()
  const others = (await cluster.servingIndices()).filter((index) => index !== active)
  // Only the active node of Vault runs plugins.
  const node = others[0] ?? active
  await tune(OTHER.version, node)
  const body = { mounts: [MOUNT] }
  await request('POST', 'sys/plugins/reload/backend', body, node)
  for (const index of [active, ...others]) await tune(DESIRED.version, index)
  expect(await look()).toBe('untouched')
}

/** Returns when that node has it. */
async function tune(version: string, node: number): Promise<void> {
  const cluster = sharedCluster()
  await request('POST', `sys/mounts/${MOUNT}tune`, { plugin_version: version })
  await waitUntil(`${MOUNT} is configured for ${version}`, async () => {
    const answer = await cluster.request<{ data: { plugin_version: string } }>(
      node,
      'GET',
      `sys/mounts/${MOUNT.slice(0, -1)}`,
      { noForwarding: true },
    )
    return answer.body.data.plugin_version === version ? undefined : JSON.stringify(answer.body)
  })
}

/** `upgraded`: every node runs what the file says. */
async function look(): Promise<ApplyState> {
  const hashes = await hashesOf(sharedCluster(), MOUNT)
  const desiredHash = sharedCluster().pluginSha256(DESIRED.file)
  const drifted = hashes.filter((hash) => hash !== desiredHash)
  if (drifted.length === 0) return 'upgraded'
  const isOther = drifted[0] === sharedCluster().pluginSha256(OTHER.file)
  return drifted.length === 1 && isOther ? 'untouched' : 'between'
}

async function request(method: 'POST', path: string, body: object, node?: number): Promise<void> {
  const cluster = sharedCluster()
  const to = node ?? (await cluster.activeIndex())
  const { status } = await cluster.request(to, method, path, { body, noForwarding: true })
  expect(status).toBeLessThan(300)
}

function binary(command: PluginFile): { command: string; sha256: string } {
  return { command, sha256: sharedCluster().pluginSha256(command) }
}

function expected() {
  return { plugin: PLUGIN, mount: MOUNT, desired: binary(DESIRED.file).sha256 }
}

function desired(): object {
  return {
    version: 1,
    plugins: {
      [PLUGIN]: {
        use: DESIRED.version,
        versions: {
          [DESIRED.version]: binary(DESIRED.file),
          [OTHER.version]: { ...binary(OTHER.file), data: { downgrade_to: '>=0.16.0' } },
        },
      },
    },
  }
}
