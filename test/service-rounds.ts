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
  /** Runs `lockstep` with these arguments and a `-f`. */
  readonly run: (args: readonly string[], over?: Partial<Host>) => Promise<Ran>
}

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
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
  await writeFile(file, JSON.stringify(DESIRED))
  try {
    return await use({
      takeRequests: () => {
        const taken = requests.sort()
        requests = []
        return taken
      },
      run: async (args, over = {}) => {
        let stdout = ''
        const host: Host = {
          ...processHost(),
          out: (text) => (stdout += text),
          err: () => undefined,
          showLine: () => undefined,
          outIsTerminal: false,
          errIsTerminal: false,
          inIsTerminal: false,
          env: { BAO_ADDR: server.addresses[0] ?? '', BAO_TOKEN: TOKEN },
          home: folder.path,
          ...over,
        }
        const exitCode = await main([...args, '-f', file], host, 'test')
        return { exitCode, stdout }
      },
    })
  } finally {
    await server.close()
  }
}

export interface ServiceRounds {
  readonly rounds: number
  /** Called after each round. `address`: where the service listens. */
  readonly betweenRounds: (round: number, address: string) => Promise<void> | void
}

/** Runs the service for so many rounds, then stops it as SIGTERM does. Returns its log. */
export async function runServiceRounds(
  { run }: SimulatedCluster,
  { rounds, betweenRounds }: ServiceRounds,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const log: Record<string, unknown>[] = []
  let interrupt = (): void => undefined
  let round = 0
  let address = ''
  await run(['drift', '--interval', '1s', '--listen', '127.0.0.1:0'], {
    err: (text) => {
      const entry = JSON.parse(text) as Record<string, unknown>
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
      round += 1
      await betweenRounds(round, address)
      if (round === rounds) interrupt()
    },
  })
  return log
}
