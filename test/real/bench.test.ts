/** The short form of `npm run bench`: that every row does its work. How long it took says nothing here. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ROWS, type RowResult } from '../bench/rows.ts'
import { runRows } from '../bench/run-rows.ts'
import { describeMachine, renderTable } from '../bench/table.ts'
import { checkout } from '../cli/run-lockstep.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'

/** One row for each way to measure; the others differ in size alone. */
const kinds = ['version', 'plan-few', 'apply-few', 'command-few', 'unlisted-many']
const small = { sizes: { few: 2, many: 3 }, beside: 3, entries: 3, rounds: 1, warmUp: false }

describeReal(
  'the bench',
  { on: 'openbao', because: 'a standby of Vault keeps no list of mounts that could be short' },
  () => {
    let folder: string
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'lockstep-bench-'))
      await sharedCluster().reset()
    })
    afterAll(async () => {
      await rm(folder, { recursive: true, force: true })
      await sharedCluster().reset()
    })

    it('measures rows of each kind', async () => {
      const rows = ROWS.filter(({ name }) => kinds.includes(name))
      expect(rows).toHaveLength(kinds.length)
      const cluster = sharedCluster()
      const options = { ...small, folder, log: () => undefined }
      const results = await runRows(rows, () => Promise.resolve(cluster), options)
      expect(results.map(({ row }) => row)).toEqual(rows.map(({ name }) => name))
      for (const result of results) expect(timesOf(result).every((time) => time > 0)).toBe(true)

      const table = renderTable({
        machine: describeMachine(),
        cluster: 'small',
        rounds: 1,
        rows: results,
      })
      const lines = table.split('\n').filter((line) => /reached|missed/.test(line))
      expect(lines).toHaveLength(rows.length)
    })
  },
)

it('measures the pure core', async () => {
  const script = join(checkout, 'test', 'bench', 'judge-and-rehearse.ts')
  const shape = ['--plugins', '2', '--mounts', '10', '--namespaces', '2', '--json']
  const { stdout } = await execa(process.execPath, ['--import', 'tsx', script, ...shape])
  expect(JSON.parse(stdout)).toMatchObject({
    mounts: 10,
    total: expect.any(Number) as number,
    heap: expect.any(Number) as number,
  })
})

function timesOf(result: RowResult): readonly number[] {
  return result.kind === 'compared' ? [...result.ours, ...result.least] : result.ours
}
