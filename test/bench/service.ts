/**
 * How much memory the drift service holds after each part of many rounds against simulated nodes,
 * and how long it takes to end at SIGTERM in the middle of a check. Each hundredth round is followed
 * by a request to every path, as a scraper and a person make them. The simulated nodes live in the
 * same process and are counted too. Prints; asserts nothing but that the service works.
 * Run with: npm run bench:service; fewer rounds: -- --rounds 100; `--json` for a program.
 */
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Workplace } from '../faults/run-program.ts'
import { RunningService } from '../service.ts'
import { runServiceRounds, withSimulatedCluster } from '../service-rounds.ts'

interface Sample {
  readonly round: number
  /** Megabytes in use after a full collection. */
  readonly heap: number
  /** Megabytes of the process, as the system counts them. */
  readonly resident: number
}

const PATHS = ['/', '/report.json', '/metrics', '/healthz', '/readyz']
/** Rounds before the first sample: code that is compiled and caches that fill are no leak. */
const WARM_UP = 500

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10000' }, json: { type: 'boolean' } },
})
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 4) throw new Error('--rounds is at least 4')
const warmUp = Math.min(WARM_UP, Math.floor(rounds / 4))
const at = [0, 0.25, 0.5, 0.75, 1].map((part) => warmUp + Math.round(part * (rounds - warmUp)))
const scrapeEvery = Math.max(1, Math.min(100, Math.floor(rounds / 10)))

const samples: Sample[] = []
const began = performance.now()
await withSimulatedCluster((cluster) =>
  runServiceRounds(cluster, {
    rounds,
    betweenRounds: async (round, address) => {
      cluster.takeRequests()
      if (round % scrapeEvery === 0) await scrape(address)
      if (at.includes(round)) samples.push(measure(round))
    },
  }),
)
const seconds = (performance.now() - began) / 1000
const ended = await timeEnd()

if (values.json === true) console.log(JSON.stringify({ rounds, seconds, samples, ended }))
else {
  console.log(`${rounds} rounds in ${seconds.toFixed(0)} s`)
  for (const { round, heap, resident } of samples) {
    const figures = [heap, resident].map((one) => `${one.toFixed(1).padStart(7)} MB`)
    console.log(`round ${String(round).padStart(6)}  heap ${figures.join('  process ')}`)
  }
  console.log(`ended ${ended.toFixed(0)} ms after SIGTERM, in the middle of a check`)
}

async function scrape(address: string): Promise<void> {
  for (const path of PATHS) {
    const response = await fetch(`http://${address}${path}`, { headers: { connection: 'close' } })
    await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
  }
}

function measure(round: number): Sample {
  collect()
  const { heapUsed, rss } = process.memoryUsage()
  return { round, heap: heapUsed / 1e6, resident: rss / 1e6 }
}

/** Milliseconds from SIGTERM, while a node does not answer, to the end of the built program. */
async function timeEnd(): Promise<number> {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  await using place = await Workplace.make('a-token')
  await writeFile(join(place.home, 'lockstep.yaml'), 'version: 1\n')
  const address = `http://127.0.0.1:${port}`
  const service = new RunningService(place, ['--interval', '1s', '--address', address])
  await once(silent, 'connection')
  const asked = performance.now()
  service.kill('SIGTERM')
  const { exitCode, stderr } = await service.ended
  silent.close()
  if (exitCode !== 0) throw new Error(`the service ended with ${exitCode}:\n${stderr}`)
  return performance.now() - asked
}
