/**
 * `npm run bench`: how long `lockstep --version` and `lockstep plan` take, each against the least
 * that it could take here: an empty Node program, and the bare requests that a plan needs. Prints
 * the median of the ratios of interleaved pairs, so that a busy machine slows both sides.
 */
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { renderSums } from '../cluster/example-sums.ts'

const checkout = fileURLToPath(new URL('../..', import.meta.url))
const program = join(checkout, 'dist', 'cli.js')
const bareReads = join(checkout, 'test', 'bench', 'bare-reads.mjs')
const pairs = 25

interface Command {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

await compare('lockstep --version against node -e 0', 2, {
  ours: { args: [program, '--version'] },
  least: { args: ['-e', '0'] },
})

const cluster = await startCluster({
  plugins: ['secrets-kv-0.16.2', 'secrets-kv-0.21.0'],
  log: (line) => {
    console.error(line)
  },
})
try {
  await makeExampleStates(cluster, ['secret/my-kv'])
  const plan = { args: [program, 'plan', '-f', await writeExample()], env: environmentOf(cluster) }
  const requests = await recordRequests(plan)
  const list = join(cluster.folder, 'requests.json')
  await writeFile(list, JSON.stringify({ token: cluster.token, requests }))
  console.log(`lockstep plan makes ${String(requests.length)} requests to 3 nodes`)
  await compare('lockstep plan against the bare requests', 1.5, {
    ours: plan,
    least: { args: [bareReads, list] },
  })
} finally {
  await cluster.stop()
}

/** The example, with sums that fit the plugins of this cluster; it goes with the cluster. */
async function writeExample(): Promise<string> {
  const source = join(checkout, 'examples', 'upgrade-in-place')
  const target = join(cluster.folder, 'examples')
  await cp(source, join(target, 'upgrade-in-place'), { recursive: true })
  await writeFile(join(target, 'SHA256SUMS'), renderSums(cluster.description))
  return join(target, 'upgrade-in-place')
}

function environmentOf({ product, addresses, token }: TestCluster) {
  const prefix = product === 'vault' ? 'VAULT' : 'BAO'
  return { [`${prefix}_ADDR`]: addresses[0] ?? '', [`${prefix}_TOKEN`]: token }
}

/** As `--verbose` tells them. It shows no bodies: the one question that has one gets another. */
async function recordRequests({ args, env = {} }: Command) {
  const { stderr } = await execa(process.execPath, [...args, '--verbose'], { env })
  const urls = [...stderr.matchAll(/^(GET|POST) (\S+) -> \d+/gm)]
  const paths = urls.map(([, , url = '']) => new URL(url).pathname.replace('/v1/', ''))
  return urls.map(([, method = '', url = '']) => ({
    method,
    url,
    ...(method === 'POST' && { body: JSON.stringify({ paths }) }),
  }))
}

interface Pair {
  readonly ours: Command
  readonly least: Command
}

async function compare(what: string, goal: number, { ours, least }: Pair): Promise<void> {
  // Once each unmeasured: files come from the disk only the first time.
  await time(ours)
  await time(least)
  const ratios: number[] = []
  const times: { ours: number[]; least: number[] } = { ours: [], least: [] }
  for (let pair = 0; pair < pairs; pair += 1) {
    const [our, their] = [await time(ours), await time(least)]
    times.ours.push(our)
    times.least.push(their)
    ratios.push(our / their)
  }
  const ratio = median(ratios)
  const verdict = ratio <= goal ? 'reached' : 'missed'
  console.log(
    `${what}: ${ratio.toFixed(2)} (goal: at most ${String(goal)}, ${verdict}); ` +
      `${median(times.ours).toFixed(0)} ms against ${median(times.least).toFixed(0)} ms, ` +
      `median of ${String(pairs)} pairs`,
  )
}

/** Milliseconds. */
async function time({ args, env = {} }: Command): Promise<number> {
  const began = performance.now()
  await execa(process.execPath, args, { env, stdin: 'ignore' })
  return performance.now() - began
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
