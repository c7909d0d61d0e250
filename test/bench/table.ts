/** The results of a bench as a Markdown table and as JSON, with the machine that they are of. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { median } from './measure.ts'
import type { RowResult } from './rows.ts'

export interface Report {
  readonly machine: Machine
  /** What the cluster was: product, version, mounts beside, entries. */
  readonly cluster: string
  readonly rounds: number
  readonly rows: readonly RowResult[]
}

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly node: string
  readonly platform: string
  /** The load of the last minute, when the bench began and when it ended: 0 is a quiet machine. */
  readonly load: readonly number[]
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    load: [currentLoad()],
  }
}

export function currentLoad(): number {
  return Number((loadavg()[0] ?? 0).toFixed(1))
}

export function renderTable({ machine, cluster, rounds, rows }: Report): string {
  const { processor, cores, memoryGiB, node, platform, load } = machine
  return [
    `Machine: ${processor}, ${String(cores)} cores, ${String(memoryGiB)} GiB, ${platform}, Node ${node}. Load when it began and ended: ${load.join(', ')}.`,
    `Cluster: ${cluster}. Medians of ${String(rounds)} rounds; sides in turn; the ratio is the median of the ratios of the rounds.`,
    '',
    '| what | Lockstep | compared with | ratio | goal | |',
    '|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${cellsOf(row).join(' | ')} |`),
    '',
  ].join('\n')
}

function cellsOf(row: RowResult): readonly string[] {
  const taken = median(row.ours)
  switch (row.kind) {
    case 'compared': {
      const { what, against, least, ratio, goal } = row
      return [
        what,
        time(taken),
        `${time(median(least))}, ${against}`,
        ratio.toFixed(2),
        `≤ ${String(goal)}`,
        verdict(ratio <= goal),
      ]
    }
    case 'core': {
      const { what, heap, goal } = row
      const memory = median(heap)
      return [
        what,
        `${time(taken)}, ${memory.toFixed(0)} MB`,
        '–',
        '–',
        `≤ ${time(goal.milliseconds)}, ≤ ${String(goal.megabytes)} MB`,
        verdict(taken <= goal.milliseconds && memory <= goal.megabytes),
      ]
    }
  }
}

function verdict(isReached: boolean): string {
  return isReached ? 'reached' : 'missed'
}

function time(milliseconds: number): string {
  return milliseconds < 1000
    ? `${milliseconds.toFixed(0)} ms`
    : `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`
}
