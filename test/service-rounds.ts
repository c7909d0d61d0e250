/**
 * The drift service in this process, against simulated nodes behind loopback ports. No time passes
 * between two rounds: the wait for the next round calls `betweenRounds` instead. What `lockstep
 * drift` does is run whole: the files, the connection, the report, the HTTP answers.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { processHost, type Host } from '../src/cli/host/host.ts'
import { main } from '../src/cli/main.ts'
import { createTwin } from '../src/twin/cluster/twin.ts'
import { startTwinServer } from '../src/twin/http/http-server.ts'
import { liveNode, mountPath, plugin, sha256Of, version } from './builders/live.ts'
import { makeScratchFolder } from './cli/scratch-folder.ts'

const TOKEN = 'the-token-of-the-twin'
const KV = plugin('secret/x-kv')
const [OLD, NEW] = [version('v0.16.2'), version('v0.21.0')]
const binary = (of: typeof OLD) => ({ command: `kv-${of}`, sha256: sha256Of(KV, of) })
const MOUNTS = 20
/** The twin has no tokens. */
export const LOOKUP = 'auth/token/lookup-self'
const DESIRED = {
  version: 1,
  cluster: { name: 'lab' },
  plugins: { [KV]: { use: NEW, versions: { [OLD]: binary(OLD), [NEW]: binary(NEW) } } },
}

/** One in-process cluster for several runs of the program. */
export interface SimulatedCluster {
  /** `METHOD path` of the requests that nodes answered since the last call, sorted. */
  readonly takeRequests: () => readonly string[]
  /** The file with the desired state, and one with the token. */
  readonly file: string
  readonly tokenFile: string
  /** Runs `lockstep` with these arguments. */
  readonly run: (args: readonly string[], over?: Partial<Host>) => Promise<Ran>
  readonly address: string
}

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Three nodes with mounts that run the old version, so that each round has drift to report. */
export async function withSimulatedCluster<Result>(
  use: (cluster: SimulatedCluster) => Promise<Result>,
): Promise<Result> {
  const nodes = [1, 2, 3].map((number) => liveNode(number).address)
  const files = Object.fromEntries(
    [OLD, NEW].map((of) => [binary(of).command, { sha256: binary(of).sha256 }]),
  )
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: nodes.map((address) => ({ address, files })),
    catalog: [OLD, NEW].map((of) => ({ plugin: KV, version: of, ...binary(of) })),
    mounts: Array.from({ length: MOUNTS }, (_, at) => ({
      path: mountPath(`app-${at}/`),
      plugin: KV,
      configured_version: OLD,
    })),
  })
  let requests: string[] = []
  const send: typeof twin.send = (node, request) => {
    requests.push(`${request.method} ${request.path}`)
    return request.path === LOOKUP
      ? { status: 200, body: { data: { renewable: false, ttl: 0 } } }
      : twin.send(node, request)
  }
  const server = await startTwinServer({ ...twin, send }, { token: TOKEN })
  await using folder = await makeScratchFolder()
  const file = join(folder.path, 'lockstep.yaml')
  const tokenFile = join(folder.path, 'token')
  await writeFile(file, JSON.stringify(DESIRED))
  await writeFile(tokenFile, `${TOKEN}\n`)
  const address = server.addresses[0] ?? ''
  try {
    return await use({
      file,
      tokenFile,
      address,
      takeRequests: () => {
        const taken = requests.sort()
        requests = []
        return taken
      },
      run: async (args, over = {}) => {
        const written = { stdout: '', stderr: '' }
        const host: Host = {
          ...processHost(),
          out: (text) => (written.stdout += text),
          err: (text) => (written.stderr += text),
          showLine: () => undefined,
          outIsTerminal: false,
          errIsTerminal: false,
          inIsTerminal: false,
          env: { BAO_ADDR: address, BAO_TOKEN: TOKEN },
          home: folder.path,
          ...over,
        }
        const exitCode = await main(args, host, 'test')
        return { exitCode, ...written }
      },
    })
  } finally {
    await server.close()
  }
}

export interface ServiceRounds {
  readonly rounds: number
  /** The arguments of `lockstep drift`; any free port if not given. */
  readonly args?: readonly string[]
  readonly over?: Partial<Host>
  /** Called after each round. `address`: where the service listens. */
  readonly betweenRounds: (round: number, address: string) => Promise<void> | void
}

/** Runs the service for so many rounds, then stops it as SIGTERM does. Returns its log. */
export async function runServiceRounds(
  { run, file }: SimulatedCluster,
  { rounds, args, over = {}, betweenRounds }: ServiceRounds,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const log: Record<string, unknown>[] = []
  let interrupt = (): void => undefined
  let round = 0
  let hasEnded = false
  let address = ''
  const usual = ['-f', file, '--interval', '1s', '--listen', '127.0.0.1:0']
  const { exitCode } = await run(['drift', ...(args ?? usual)], {
    ...over,
    err: (text) => {
      const entry = JSON.parse(text) as Record<string, unknown>
      if (entry['event'] === 'round') hasEnded = true
      if (typeof entry['listen'] === 'string') address = entry['listen']
      // A log of thousands of rounds would be seen as memory of the service.
      if (log.length < 100) log.push(entry)
    },
    exit: () => undefined,
    every: () => () => undefined,
    onInterrupt: (callback) => {
      interrupt = callback
      return () => undefined
    },
    wait: async () => {
      // Other waits are those between two readings of one round.
      if (!hasEnded) return
      hasEnded = false
      round += 1
      await betweenRounds(round, address)
      if (round === rounds) interrupt()
    },
  })
  if (exitCode !== 0) throw new Error(`the service ended with ${exitCode}`)
  return log
}
