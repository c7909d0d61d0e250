/** Measures rows on a cluster that grows from row to row. */
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { BenchCluster, type BenchSize } from './bench-cluster.ts'
import type { Row, RowOptions, RowResult } from './rows.ts'

export interface RunOptions extends RowOptions, BenchSize {
  /** Where files go while it runs. */
  readonly folder: string
  /** Hears of each row as it begins. */
  readonly log: (line: string) => void
}

/** `cluster`: not asked for where no row needs one. */
export async function runRows(
  rows: readonly Row[],
  cluster: () => Promise<ClusterClient>,
  options: RunOptions,
): Promise<readonly RowResult[]> {
  const results: RowResult[] = []
  let bench: BenchCluster | undefined
  for (const row of rows) {
    if (row.needsCluster && bench === undefined) {
      options.log(`making ${String(options.beside)} mounts and ${String(options.entries)} entries`)
      bench = await BenchCluster.prepare(await cluster(), options.folder, options)
    }
    options.log(`measuring ${row.name}`)
    results.push(await row.run(bench, options))
  }
  return results
}
