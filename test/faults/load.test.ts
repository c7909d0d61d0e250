/**
 * Clients at work on ten mounts that share a process while these are upgraded: by the program, by
 * one reload request made by hand that names all ten, and by reloads one by one.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describe, type ClusterClient } from '../cluster/cluster-client.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { markAuditLogs } from '../real/audit-log.ts'
import { hashesOf } from '../real/node-views.ts'
import { bySize } from '../size.ts'
import { argumentsFor, closeStage, openStage, type Stage } from './attempt.ts'
import { tryFamily } from './family.ts'

const ROUNDS = bySize({ few: 1, many: 3, all: 6 })
const CLIENTS = 4
const mounts = Array.from({ length: 10 }, (_, index) => `load-${String(index)}/`)
const versions = { 'v0.16.2': 'secrets-kv-0.16.2', 'v0.21.0': 'secrets-kv-0.21.0' } as const
type LoadVersion = keyof typeof versions

/** What the clients of one mount met with. */
interface MountLoad {
  asked: number
  failed: number
  /** When it was answered last, by the clock of `performance`. */
  answered: number | undefined
  /** The most milliseconds between two answers. */
  longestGap: number
  /** Keys of writes that were answered. */
  readonly written: string[]
}

type Load = ReadonlyMap<string, MountLoad>

describeReal('clients of mounts that are upgraded', () => {
  let stage: Stage
  beforeAll(async () => {
    const cluster = sharedCluster()
    await cluster.reset()
    stage = await openStage(cluster)
    await makeMounts(cluster)
  })
  afterAll(async () => {
    await closeStage(stage)
    for (const mount of mounts) await revokeLeases(sharedCluster(), mount)
    await sharedCluster().reset()
  })

  it('lose no write, and are disturbed by one reload a node, as by one request made by hand', async () => {
    const { cluster, place } = stage
    const file = join(place.home, 'lockstep.yaml')
    await writeFile(file, JSON.stringify(desired(cluster)))
    const oneByOne = mounts.map((mount) => [mount])
    const ways: readonly Way[] = [
      {
        name: 'by lockstep apply',
        reloads: 1,
        upgrade: async () => {
          const { exitCode, stderr } = await place.run(argumentsFor(stage, 'apply', file))
          if (exitCode !== 0) throw new Error(`apply ended with ${String(exitCode)}: ${stderr}`)
        },
      },
      {
        name: 'by hand, all in one request',
        reloads: 1,
        upgrade: () => upgradeByHand(cluster, 'v0.21.0', [mounts]),
      },
      {
        name: 'by hand, one by one',
        reloads: mounts.length,
        upgrade: () => upgradeByHand(cluster, 'v0.21.0', oneByOne),
      },
    ]

    for (const way of ways) {
      const rounds: Load[] = []
      const tries = Array.from({ length: ROUNDS }, (_, round) => async () => {
        rounds.push(await upgradeUnderLoad(cluster, way, round))
        return 'survived' as const
      })
      const { lost } = await tryFamily(`load, ${way.name}`, tries)
      for (const line of describeRounds(rounds)) process.stderr.write(`  ${line}\n`)
      expect(lost).toEqual([])
    }
  })
})

interface Way {
  readonly name: string
  /** How many reload requests each node is to get. */
  readonly reloads: number
  readonly upgrade: () => Promise<void>
}

/** Throws where a node got another number of reloads, or anything is not as it is to be afterwards. */
async function upgradeUnderLoad(
  cluster: ClusterClient,
  { name, reloads, upgrade }: Way,
  round: number,
): Promise<Load> {
  await upgradeByHand(cluster, 'v0.16.2', [mounts])
  const requestsSince = await markAuditLogs(cluster)
  const load = await underLoad(cluster, `${name} ${String(round)}`, upgrade)
  const asked = (await requestsSince()).filter(
    ({ operation, path }) => operation === 'update' && path === 'sys/plugins/reload/backend',
  )
  const serving = (await cluster.servingIndices()).map((index) => cluster.addresses[index])
  expect(asked.map(({ node }) => node).sort()).toEqual(
    serving.flatMap((node) => Array.from({ length: reloads }, () => node)).sort(),
  )
  for (const mount of mounts) {
    const hashes = await hashesOf(cluster, mount)
    expect(new Set(hashes)).toEqual(new Set([cluster.pluginSha256('secrets-kv-0.21.0')]))
  }
  expect(await findMissing(cluster, load)).toEqual([])
  return load
}

/** For each mount: how many requests failed in each round, and how long it gave no answer at the most. */
function describeRounds(rounds: readonly Load[]): string[] {
  const all = rounds.flatMap((load) => [...load.values()])
  const failed = rounds.map((load) => sum([...load.values()].map((one) => one.failed)))
  return [
    `failed requests: ${failed.join(', ')} of ${String(sum(all.map((one) => one.asked)))}`,
    ...mounts.map((mount) => {
      const own = rounds.flatMap((load) => load.get(mount) ?? [])
      const gap = Math.round(Math.max(...own.map((one) => one.longestGap)))
      return `${mount} failed ${own.map((one) => one.failed).join(', ')}, longest gap ${String(gap)} ms`
    }),
  ]
}

/**
 * Runs `work` while clients read and write on every mount, from a little before to a little after.
 * Secrets are read on the active node and listed on all: reading one of this plugin makes a lease,
 * which a standby cannot store.
 */
async function underLoad(
  cluster: ClusterClient,
  name: string,
  work: () => Promise<void>,
): Promise<Load> {
  const active = await cluster.activeIndex()
  const load = new Map(
    mounts.map((mount): [string, MountLoad] => [
      mount,
      { asked: 0, failed: 0, answered: undefined, longestGap: 0, written: [] },
    ]),
  )
  let stopped = false
  const ask = async (
    own: MountLoad,
    node: number,
    method: string,
    path: string,
  ): Promise<boolean> => {
    own.asked += 1
    const body = method === 'POST' ? { body: { value: path } } : {}
    const status = await cluster.request(node, method, path, { timeout: 10_000, ...body }).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status < 200 || status >= 300) {
      own.failed += 1
      return false
    }
    const now = performance.now()
    own.longestGap = Math.max(own.longestGap, now - (own.answered ?? now))
    own.answered = now
    return true
  }
  const client = async (number: number): Promise<void> => {
    for (let turn = 0; !stopped; turn += 1) {
      const mount = mounts[(turn * CLIENTS + number) % mounts.length] ?? ''
      const own = load.get(mount)
      if (own === undefined) continue
      const key = `${name.replaceAll(/\W+/g, '-')}-${String(number)}-${String(turn)}`
      if (await ask(own, active, 'POST', `${mount}${key}`)) own.written.push(key)
      await ask(own, active, 'GET', `${mount}first`)
      await ask(own, (active + turn) % cluster.addresses.length, 'LIST', mount)
      await sleep(2)
    }
  }
  const clients = Array.from({ length: CLIENTS }, (_, number) => client(number))
  await sleep(300)
  try {
    await work()
    await sleep(300)
  } finally {
    stopped = true
    await Promise.all(clients)
  }
  return load
}

/** Answered writes that are not there afterwards. */
async function findMissing(cluster: ClusterClient, load: Load): Promise<string[]> {
  const missing: string[] = []
  for (const [mount, { written }] of load) {
    const active = await cluster.activeIndex()
    const { body } = await cluster.request<{ data: { keys: string[] } }>(active, 'LIST', mount)
    const there = new Set(body.data.keys)
    missing.push(...written.filter((key) => !there.has(key)).map((key) => `${mount}${key}`))
  }
  return missing
}

function desired(cluster: ClusterClient): object {
  const entries = Object.entries(versions).map(([version, command]) => [
    version,
    {
      command,
      sha256: cluster.pluginSha256(command),
      data: { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' },
    },
  ])
  return {
    version: 1,
    plugins: { 'secret/load-kv': { use: 'v0.21.0', versions: Object.fromEntries(entries) } },
  }
}

async function makeMounts(cluster: ClusterClient): Promise<void> {
  for (const [version, command] of Object.entries(versions) as [LoadVersion, PluginFile][]) {
    const sha256 = cluster.pluginSha256(command)
    await write(cluster, 'sys/plugins/catalog/secret/load-kv', { version, command, sha256 })
  }
  for (const mount of mounts) {
    const config = { plugin_version: 'v0.16.2' }
    await write(cluster, `sys/mounts/${mount.slice(0, -1)}`, { type: 'load-kv', config })
    await write(cluster, `${mount}first`, { value: 'first' })
  }
}

/** As somebody would who knows how: tune all, then reload in these groups, node by node. */
async function upgradeByHand(
  cluster: ClusterClient,
  version: LoadVersion,
  groups: readonly (readonly string[])[],
): Promise<void> {
  for (const mount of mounts) {
    await write(cluster, `sys/mounts/${mount.slice(0, -1)}/tune`, { plugin_version: version })
  }
  for (const node of await cluster.servingIndices()) {
    for (const mount of mounts) {
      await waitUntil('the node has heard of the version', async () => {
        const { body } = await cluster.request<Mounts>(node, 'GET', 'sys/mounts', {
          noForwarding: true,
        })
        return body.data[mount]?.plugin_version === version ? undefined : 'not yet'
      })
    }
    for (const group of groups) {
      await write(cluster, 'sys/plugins/reload/backend', { mounts: group }, node)
      if (groups.length > 1) await sleep(300)
    }
  }
}

interface Mounts {
  readonly data: Readonly<Record<string, { readonly plugin_version: string }>>
}

async function revokeLeases(cluster: ClusterClient, mount: string): Promise<void> {
  await write(cluster, `sys/leases/revoke-force/${mount.slice(0, -1)}`, {})
}

async function write(
  cluster: ClusterClient,
  path: string,
  body: unknown,
  node?: number,
): Promise<void> {
  const asked = node ?? (await cluster.activeIndex())
  const answer = await cluster.request(asked, 'POST', path, { body, noForwarding: true })
  if (answer.status >= 300) throw new Error(`${path} answered ${describe(answer)}`)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
