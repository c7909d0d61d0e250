/**
 * The clusters that test files share: a file has one to itself while it runs, then the next file
 * has it. One is started when a file asks and none is free, so there are as many as files run at
 * once, and none where no file needs one. Lives in vitest's own process and outlasts every file.
 *
 * Files ask over HTTP, from workers of their own. A lease lasts as long as its connection: it ends
 * also with a worker that dies.
 */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { canaries } from '../canaries.ts'
import { ensurePlugins, ensureServerProgram, type Log } from './cache.ts'
import type { ClusterDescription } from './cluster-client.ts'
import { startCluster, type TestCluster } from './cluster.ts'
import { MissingToolError } from './missing-tool-error.ts'
import { pluginFiles } from './plugin-files.ts'
import { identifyServer, type Product } from './product.ts'

/** `GET /server`: which servers the tests run on, or why there can be none on this machine. */
export type ServerAnswer =
  | { readonly kind: 'there'; readonly product: Product }
  | { readonly kind: 'missing-tool'; readonly reason: string }

/** `POST /lease`: a cluster, for as long as the connection is kept. */
export interface Lease {
  readonly description: ClusterDescription
  /** A wrapping token of that cluster, which stands for `canaries.stored`. */
  readonly wrappedSecret: string
}

interface Pooled {
  readonly cluster: TestCluster
  readonly lease: Lease
}

export class ClusterPool {
  readonly #log: Log
  readonly #server: Server
  readonly #all = new Set<Promise<Pooled>>()
  readonly #free: Pooled[] = []
  #found: Promise<ServerAnswer> | undefined

  private constructor(log: Log) {
    this.#log = log
    this.#server = createServer(({ method, url }, response) => {
      const work =
        `${String(method)} ${String(url)}` === 'POST /lease'
          ? this.#lease(response)
          : this.#find().then((answer) => response.end(JSON.stringify(answer)))
      work.catch((error: unknown) => {
        response.statusCode = 500
        response.end(error instanceof Error ? (error.stack ?? error.message) : String(error))
      })
    })
    // A lease has no end but its file's.
    this.#server.requestTimeout = 0
  }

  static async start(log: Log): Promise<ClusterPool> {
    const pool = new ClusterPool(log)
    await new Promise<void>((resolve) => pool.#server.listen(0, '127.0.0.1', resolve))
    return pool
  }

  get address(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`
  }

  /** Ends every lease and every cluster. */
  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    const started = await Promise.allSettled(this.#all)
    const up = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.cluster] : []))
    await Promise.all(up.map((cluster) => cluster.stop()))
  }

  /** Installs and builds what is missing: once, whoever asks first. */
  #find(): Promise<ServerAnswer> {
    this.#found ??= findServer(this.#log)
    return this.#found
  }

  async #lease(response: ServerResponse): Promise<void> {
    const pooled = this.#free.pop() ?? (await this.#startOne())
    const isOver = (): boolean => response.destroyed || response.writableEnded
    if (isOver()) {
      this.#free.push(pooled)
      return
    }
    response.on('close', () => this.#free.push(pooled))
    response.write(`${JSON.stringify(pooled.lease)}\n`)
  }

  async #startOne(): Promise<Pooled> {
    const started = startPooled(this.#log)
    this.#all.add(started)
    return started
  }
}

async function findServer(log: Log): Promise<ServerAnswer> {
  try {
    const program = await ensureServerProgram(log)
    await ensurePlugins(pluginFiles, log)
    return { kind: 'there', product: (await identifyServer(program)).product }
  } catch (error) {
    // Under CI a run without the real suite would be green and mean nothing.
    if (!(error instanceof MissingToolError) || process.env['CI']) throw error
    log(`The tests with real servers are skipped: ${error.message}`)
    return { kind: 'missing-tool', reason: error.message }
  }
}

async function startPooled(log: Log): Promise<Pooled> {
  const cluster = await startCluster({ plugins: pluginFiles, audit: true, log })
  const { description } = cluster
  return { cluster, lease: { description, wrappedSecret: await wrapSecret(cluster) } }
}

/** A wrapping token for a secret: both are to be in nothing that the program writes. */
async function wrapSecret(cluster: TestCluster): Promise<string> {
  const { status, body } = await cluster.request<Wrapped>(
    await cluster.activeIndex(),
    'POST',
    'sys/wrapping/wrap',
    // Longer than the longest suite.
    { body: { secret: canaries.stored }, wrapTtl: '48h' },
  )
  if (status !== 200) throw new Error(`sys/wrapping/wrap answered ${String(status)}`)
  return body.wrap_info.token
}

interface Wrapped {
  readonly wrap_info: { readonly token: string }
}
