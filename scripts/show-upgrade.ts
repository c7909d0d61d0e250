/**
 * Upgrades a plugin in place on three real nodes, before the eyes of who runs it: the cluster is
 * started, looked at, planned for, changed and looked at again, each by a command that is printed.
 * Leaves nothing behind, Ctrl-C included.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { startCluster, type TestCluster } from '../test/cluster/cluster.ts'
import { makeExampleStates } from '../test/cluster/example-states.ts'
import { fitExampleSums } from '../test/cluster/example-sums.ts'
import { MissingToolError } from '../test/cluster/missing-tool-error.ts'

const example = 'examples/upgrade-in-place'
const commands = [
  ['status'],
  ['plan', '-f', example],
  ['apply', '-f', example, '--auto-approve'],
  ['status'],
] as const

/** The exit code. */
export async function showUpgrade(): Promise<number> {
  const progress = showProgress()
  const starting = startCluster({
    plugins: ['secrets-kv-0.16.2', 'secrets-kv-0.21.0'],
    log: progress.log,
  }).finally(progress.end)
  stopOnSignal(starting)
  try {
    const cluster = await starting
    try {
      return await show(cluster)
    } finally {
      await cluster.stop()
    }
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error
    console.error(error.message)
    return 1
  }
}

async function show(cluster: TestCluster): Promise<number> {
  const { product, version, token } = cluster
  if (await fitExampleSums(cluster.description)) {
    console.error('examples/SHA256SUMS was written anew: the Go here builds other bytes.')
  }
  await makeExampleStates(cluster, ['secret/my-kv'])
  console.log(
    `Three nodes of ${product} ${version} run, with team-a/ and team-b/ on an old plugin.`,
  )

  const prefix = product === 'vault' ? 'VAULT' : 'BAO'
  const env = { [`${prefix}_ADDR`]: cluster.addresses[0] ?? '', [`${prefix}_TOKEN`]: token }
  for (const [name, value] of Object.entries(env)) console.log(`$ export ${name}=${value}`)
  for (const command of commands) {
    console.log(`\n$ npx lockstep ${command.join(' ')}`)
    // The journal goes with the cluster that it is about.
    const { exitCode = 130 } = await execa(process.execPath, ['dist/cli.js', ...command], {
      env: { ...env, XDG_STATE_HOME: cluster.folder },
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
    })
    if (exitCode !== 0) return exitCode
  }
  console.log('\nThe cluster is stopped. One to try things on, until Ctrl-C: npm run cluster')
  return 0
}

/** Building takes minutes where nothing is cached: now and then it says that it goes on. */
function showProgress() {
  const began = performance.now()
  const seconds = (): string => `${String(Math.round((performance.now() - began) / 1000))} s`
  const timer = setInterval(() => {
    console.error(`  … ${seconds()}`)
  }, 10_000)
  console.error('Starting three servers; the first time they and the plugins are made.')
  return {
    log: (line: string) => {
      console.error(`  ${line}`)
    },
    end: () => {
      clearInterval(timer)
    },
  }
}

function stopOnSignal(starting: Promise<TestCluster>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      void (async () => {
        // A build that the same Ctrl-C reached cleans up after itself; nobody waits for another.
        const cluster = await Promise.race([starting, sleep(5_000)]).catch(() => undefined)
        await cluster?.stop()
        process.exit(130)
      })()
    })
  }
}
