/**
 * `npm run test:real-random -- --seeds 20 [--seed N]`: generated scenarios on a real three-node
 * cluster, each held against the twin after every request. Prints what differs with its seed, and
 * ends with 1 where anything does; `--seed N` plays that one, or begins with it.
 */
import { parseArgs } from 'node:util'
import { startFakeDatabase } from './fake-database.ts'
import { playSeed } from './play-seed.ts'
import { Stand } from './stand.ts'

const { values: flags } = parseArgs({
  options: { seeds: { type: 'string' }, seed: { type: 'string' } },
})
const first = Number(flags.seed ?? Date.now() % 1_000_000)
const count = Number(flags.seeds ?? (flags.seed === undefined ? 20 : 1))

const log = (line: string): void => void process.stdout.write(`${line}\n`)
const stand = new Stand(log)
const database = await startFakeDatabase()
let failed = 0
try {
  log(`${await stand.product()}: ${count} seeds from ${first}`)
  for (let seed = first; seed < first + count; seed += 1) {
    const { compared, refused, end, steps, differences } = await playSeed(
      stand,
      database.port,
      seed,
    )
    const told = `${end}, ${steps} steps, ${refused} requests refused, compared ${compared} times`
    log(`seed ${seed}: ${differences.length === 0 ? 'same' : 'DIFFERS'} (${told})`)
    for (const difference of differences) log(`  ${difference}`)
    if (differences.length > 0) failed += 1
  }
} finally {
  await Promise.all([stand.clear(), database.stop()])
}
log(failed === 0 ? `all ${count} the same` : `${failed} of ${count} differ`)
process.exitCode = failed === 0 ? 0 : 1
