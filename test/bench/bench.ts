/**
 * `npm run bench`: how fast Lockstep is on three real nodes, beside the least that its work could
 * take. Prints a Markdown table; asserts nothing. A row alone, in fewer rounds:
 * npm run bench -- --row plan-few --rounds 1
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { BENCH_FILES } from './bench-cluster.ts'
import { ROWS } from './rows.ts'
import { runRows } from './run-rows.ts'
import { currentLoad, describeMachine, renderTable, type Report } from './table.ts'

const { values: flags } = parseArgs({
  options: {
    row: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    few: { type: 'string', default: '60' },
    many: { type: 'string', default: '240' },
    beside: { type: 'string', default: '1000' },
    entries: { type: 'string', default: '200' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) {
  console.log(`npm run bench -- [options]
  --row NAME      measure this row only; can be given several times: ${ROWS.map(({ name }) => name).join(', ')}
  --rounds N      rounds of each row (default 5)
  --few N         mounts of the plugin in the smaller rows (default 60)
  --many N        in the larger rows (default 240)
  --beside N      builtin mounts beside (default 1000)
  --entries N     entries in the catalog (default 200)
  --json FILE     write every time that was measured`)
} else await main()

async function main(): Promise<void> {
  const log = (line: string): void => console.error(line)
  const unknown = flags.row?.filter((name) => !ROWS.some((row) => row.name === name)) ?? []
  if (unknown.length > 0) throw new RangeError(`there is no row ${unknown.join(', ')}: see --help`)
  const machine = describeMachine()
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-bench-'))
  const running: { cluster?: TestCluster } = {}
  const sizes = { few: count(flags.few), many: count(flags.many) }
  const [beside, entries, rounds] = [count(flags.beside), count(flags.entries), count(flags.rounds)]
  try {
    const rows = await runRows(
      ROWS.filter(({ name }) => flags.row?.includes(name) ?? true),
      async () => (running.cluster = await startCluster({ plugins: BENCH_FILES, log })),
      { folder, log, sizes, beside, entries, rounds, warmUp: true },
    )
    const { product, version } = running.cluster ?? { product: 'none', version: '' }
    const report: Report = {
      machine: { ...machine, load: [...machine.load, currentLoad()] },
      cluster: `3 nodes of ${product} ${version}, ${String(beside)} builtin mounts beside, ${String(entries)} catalog entries`,
      rounds,
      rows,
    }
    if (flags.json !== undefined) await writeFile(flags.json, JSON.stringify(report, null, 2))
    console.log(renderTable(report))
  } finally {
    await running.cluster?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function count(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new RangeError(`"${text}" is not a count`)
}
