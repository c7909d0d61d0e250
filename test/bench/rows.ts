/** The rows of the table in docs/performance.md: what is compared with what, and the goal. */
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { ensureServerProgram } from '../cluster/cache.ts'
import {
  applyPhases,
  bareCommand,
  type BareCluster,
  BENCH_PLUGIN,
  NEW_VERSION,
  type Phase,
  planPhases,
} from './bare-phases.ts'
import type { BenchCluster } from './bench-cluster.ts'
import { measure, median, type Side, type Times } from './measure.ts'
import { startShortListProxy } from './short-list-proxy.ts'

const checkout = fileURLToPath(new URL('../..', import.meta.url))
const program = join(checkout, 'dist', 'cli.js')

export interface RowSizes {
  /** Mounts of the plugin in the smaller and in the larger rows. */
  readonly few: number
  readonly many: number
}

export interface RowOptions {
  readonly sizes: RowSizes
  readonly rounds: number
  readonly warmUp: boolean
}

export type RowResult = ComparedResult | CoreResult

/** A command beside the least that it could take. */
export interface ComparedResult {
  readonly kind: 'compared'
  readonly row: string
  readonly what: string
  /** What `least` did. */
  readonly against: string
  /** Milliseconds, one a round. */
  readonly ours: Times
  readonly least: Times
  /** The median of the ratios of the rounds. */
  readonly ratio: number
  /** The most that the ratio may be. */
  readonly goal: number
}

/** The pure core, which asks no server: nothing to compare it with. */
export interface CoreResult {
  readonly kind: 'core'
  readonly row: string
  readonly what: string
  /** Milliseconds to plan, judge and rehearse, one a round. */
  readonly ours: Times
  /** Megabytes of memory that the program has in use at its end (V8's heap), one a round. */
  readonly heap: readonly number[]
  readonly goal: { readonly milliseconds: number; readonly megabytes: number }
}

export interface Row {
  readonly name: string
  readonly needsCluster: boolean
  readonly run: (bench: BenchCluster | undefined, options: RowOptions) => Promise<RowResult>
}

const EMPTY_PROGRAM = [process.execPath, '-e', '0']
const BARE = 'bare requests'

/** In the order in which a cluster can grow. */
export const ROWS: readonly Row[] = [
  startRow('version', ['--version'], 1.15),
  startRow('validate', ['validate', '-f', join(checkout, 'examples', 'upgrade-in-place')], 1.9),
  clusterRow('plan-few', 'few', comparePlans),
  clusterRow('apply-few', 'few', (bench, asked) => compareApplies(bench, 'apply-few', asked)),
  clusterRow('command-few', 'few', compareOwnCommand),
  clusterRow('unlisted-many', 'many', compareUnlisted),
  clusterRow('apply-many', 'many', (bench, asked) => compareApplies(bench, 'apply-many', asked)),
  coreRow({ mounts: 10_000, plugins: 1_000, milliseconds: 1_000, megabytes: 250 }),
  coreRow({ mounts: 100_000, plugins: 10_000, milliseconds: 12_000, megabytes: 1_000 }),
]

interface CoreGoal {
  readonly mounts: number
  readonly plugins: number
  readonly milliseconds: number
  readonly megabytes: number
}

function coreRow({ mounts, plugins, ...goal }: CoreGoal): Row {
  const row = `core-${String(mounts)}`
  return {
    name: row,
    needsCluster: false,
    run: async (_, { rounds }) => {
      const script = join(checkout, 'test', 'bench', 'judge-and-rehearse.ts')
      const args = ['--import', 'tsx', script, '--plugins', String(plugins)]
      const ours: number[] = []
      const heap: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        const { stdout } = await execa(
          process.execPath,
          [...args, '--mounts', String(mounts), '--json'],
          { cwd: checkout },
        )
        const taken = JSON.parse(stdout) as { total: number; heap: number }
        ours.push(taken.total)
        heap.push(taken.heap)
      }
      const what = `plan, judge and rehearse ${mounts.toLocaleString('en')} mounts on 5 nodes`
      return { kind: 'core', row, what, ours, heap, goal }
    },
  }
}

function startRow(name: string, args: readonly string[], goal: number): Row {
  return {
    name,
    needsCluster: false,
    run: async (_, { rounds, warmUp }) => {
      // Short commands: what else the machine does shows more.
      const sides = [{ command: [process.execPath, program, ...args] }, { command: EMPTY_PROGRAM }]
      const times = await measure(sides, { rounds: 5 * rounds, warmUp })
      const what = `\`lockstep ${args[0] ?? ''}\``
      return resultOf({ row: name, what, against: '`node -e 0`', goal }, times)
    },
  }
}

function clusterRow(
  name: string,
  size: keyof RowSizes,
  run: (bench: BenchCluster, options: RowOptions) => Promise<RowResult>,
): Row {
  return {
    name,
    needsCluster: true,
    run: async (bench, options) => {
      if (bench === undefined) throw new Error(`${name} needs a cluster`)
      await bench.grow(options.sizes[size])
      return run(bench, options)
    },
  }
}

async function comparePlans(bench: BenchCluster, options: RowOptions): Promise<RowResult> {
  const nodes = await bench.nodes()
  const sides = [
    await lockstep(bench, ['plan'], {}),
    await bare(bench, 'plan', planPhases(nodes, bench.mounts)),
  ]
  const what = `\`plan\`, ${String(bench.mounts.length)} mounts of one plugin`
  return resultOf(
    { row: 'plan-few', what, against: BARE, goal: 1.2 },
    await measure(sides, options),
  )
}

async function compareUnlisted(bench: BenchCluster, options: RowOptions): Promise<RowResult> {
  const { nodes, active } = await bench.nodes()
  const [standby = '', ...others] = nodes
  await using proxy = await startShortListProxy(standby, bench.mounts.at(-1) ?? '')
  const seen: BareCluster = { active, nodes: [proxy.address, ...others] }
  const addresses = seen.nodes.flatMap((address) => ['--node', address])
  const sides = [
    // Blocked, since what the standby runs there cannot be seen.
    { ...(await lockstep(bench, ['plan', ...addresses], {})), exits: [3] },
    await bare(bench, 'unlisted', planPhases(seen, bench.mounts)),
  ]
  const what = `\`plan\`, ${String(bench.mounts.length)} mounts, one missing in a standby’s list`
  const about = { row: 'unlisted-many', what, against: BARE, goal: 1.3 }
  return resultOf(about, await measure(sides, options))
}

async function compareApplies(
  bench: BenchCluster,
  row: string,
  options: RowOptions,
): Promise<RowResult> {
  const nodes = await bench.nodes()
  const phases = applyPhases(nodes, bench.mounts, bench.registration)
  const after = (): Promise<void> => bench.rewind()
  const sides = [
    await lockstep(bench, ['apply', '--auto-approve'], { after }),
    { ...(await bare(bench, row, phases)), after },
  ]
  const what = `\`apply\`, ${String(bench.mounts.length)} mounts of one plugin`
  return resultOf({ row, what, against: BARE, goal: 1.5 }, await measure(sides, options))
}

async function compareOwnCommand(bench: BenchCluster, options: RowOptions): Promise<RowResult> {
  const { nodes, active } = await bench.nodes()
  const after = (): Promise<void> => bench.rewind()
  const { command: file, sha256 } = bench.registration
  const script = fileURLToPath(new URL('own-command.sh', import.meta.url))
  const mounts = bench.mounts.join(' ')
  const args = [BENCH_PLUGIN, NEW_VERSION, sha256, file, nodes.join(' '), mounts]
  const sides = [
    await lockstep(bench, ['apply', '--auto-approve'], { after }),
    {
      command: [script, await ensureServerProgram(), ...args],
      env: { ...environmentOf(bench, active) },
      after,
    },
  ]
  const what = `\`apply\`, ${String(bench.mounts.length)} mounts of one plugin`
  const about = { row: 'command-few', what, against: 'the servers’ own command', goal: 0.15 }
  return resultOf(about, await measure(sides, options))
}

/** Each run has a journal of its own, and no lock or record of another. */
async function lockstep(
  bench: BenchCluster,
  args: readonly string[],
  { after }: Pick<Side, 'after'>,
): Promise<Side> {
  const journal = await mkdtemp(join(bench.folder, 'journal-'))
  const files = ['-f', bench.desired, '--journal', journal]
  const { active } = await bench.nodes()
  return {
    command: [process.execPath, program, ...args, ...files],
    env: environmentOf(bench, active),
    ...(after !== undefined && { after }),
  }
}

async function bare(bench: BenchCluster, name: string, phases: readonly Phase[]): Promise<Side> {
  const { folder } = bench
  const command = await bareCommand(phases, { folder, name, token: bench.cluster.token })
  return { command: [process.execPath, ...command] }
}

function environmentOf({ cluster }: BenchCluster, address: string): Record<string, string> {
  const prefix = cluster.product === 'vault' ? 'VAULT' : 'BAO'
  return { [`${prefix}_ADDR`]: address, [`${prefix}_TOKEN`]: cluster.token }
}

function resultOf(
  about: Pick<ComparedResult, 'row' | 'what' | 'against' | 'goal'>,
  [ours = [], least = []]: readonly Times[],
): ComparedResult {
  const ratios = ours.map((taken, round) => taken / (least[round] ?? Number.NaN))
  return { kind: 'compared', ...about, ours, least, ratio: median(ratios) }
}
