/** One node of a test cluster: its server process and its seal. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeDescription } from './cluster-client.ts'
import { ServerProcess, type ServerProcessOptions } from './server-process.ts'
import { sendRequest, type Answer, type RequestOptions } from './server-request.ts'
import { waitUntil } from './wait-until.ts'

export interface ClusterNodeOptions extends NodeDescription {
  readonly server: ServerProcessOptions
  /** PEM text, of a cluster with TLS. */
  readonly ca?: string
  /** Waits until the cluster has taken this node in again. */
  readonly settle: () => Promise<void>
}

/** What initialising the cluster gave. */
export interface ClusterKeys {
  readonly unsealKey: string
  readonly rootToken: string
}

export class ClusterNode implements NodeDescription {
  readonly pluginDirectory: string
  readonly auditLog?: string
  #address: string
  readonly #options: ClusterNodeOptions
  #process: ServerProcess | undefined
  #keys: ClusterKeys | undefined
  #isSealed = true

  constructor(options: ClusterNodeOptions) {
    this.#options = options
    this.#address = options.address
    this.pluginDirectory = options.pluginDirectory
    if (options.auditLog !== undefined) this.auditLog = options.auditLog
  }

  get address(): string {
    return this.#address
  }

  /** Whether the server runs, sealed or not. */
  get isUp(): boolean {
    return this.#process?.isRunning === true
  }

  /** Whether it is meant to take part in the cluster. */
  get isServing(): boolean {
    return this.isUp && !this.#isSealed
  }

  /** The last lines of the server's log. */
  get lastWords(): string {
    return this.#process?.lastWords ?? ''
  }

  /** Kills the server and its plugins (`kill -9`), and waits until they are gone. */
  async stop(): Promise<void> {
    this.#isSealed = true
    await this.#process?.kill()
  }

  /** Starts the server anew, running or not, unseals it, and waits until the cluster is whole. */
  async restart(): Promise<void> {
    await this.stop()
    await this.start()
    await this.unseal()
    await this.#options.settle()
  }

  /**
   * Restarts the server at another address of the loopback interface, as a pod comes back: its API
   * address is new; its cluster address, its node id and its storage stay.
   */
  async moveTo(host: string): Promise<void> {
    await this.#readdress(host)
    await this.restart()
  }

  /** Puts a new member, with empty storage, in the place of this one, which `leader` removes. */
  async replaceBy(nodeId: string, host: string, leader: ClusterNode): Promise<void> {
    const { server_id, token } = { server_id: await this.#nodeId(), token: leader.#token }
    await leader.#demand('POST', 'sys/storage/raft/remove-peer', { token, body: { server_id } })
    await this.#readdress(host)
    await this.#editConfiguration((text) => text.replace(`"${server_id}"`, `"${nodeId}"`))
    const storage = join(this.#options.server.folder, 'raft')
    for (const name of ['raft', 'vault.db', 'node-id']) {
      await rm(join(storage, name), { recursive: true, force: true })
    }
    await this.start()
    await this.join(leader)
    await this.unseal()
    await this.#options.settle()
  }

  async #readdress(host: string): Promise<void> {
    await this.stop()
    const from = new URL(this.#address)
    const to = new URL(this.#address)
    to.hostname = host
    await this.#editConfiguration((text) => text.replaceAll(from.host, to.host))
    this.#address = to.origin
  }

  async #nodeId(): Promise<string> {
    const text = await readFile(this.#options.server.configurationFile, 'utf8')
    return /node_id = "(.*)"/.exec(text)?.[1] ?? ''
  }

  async #editConfiguration(edit: (text: string) => string): Promise<void> {
    const file = this.#options.server.configurationFile
    await writeFile(file, edit(await readFile(file, 'utf8')))
  }

  /**
   * Seals this node alone. Servers refuse that on a standby, with the advice to restart it: a
   * restarted one is sealed.
   */
  async seal(): Promise<void> {
    const token = this.#token
    this.#isSealed = true
    const { status } = await this.#request('PUT', 'sys/seal', { token })
    if (status === 204) return
    await this.stop()
    await this.start()
  }

  /** Starts the server and waits until it answers. It comes up sealed. */
  async start(): Promise<void> {
    const server = new ServerProcess(this.#options.server)
    this.#process = server
    await waitUntil(`${this.address} answers`, async () => {
      if (!server.isRunning) return undefined
      const { status } = await this.#request('GET', 'sys/seal-status', { timeout: 2_000 })
      return status === 200 ? undefined : `it answers ${String(status)}`
    })
    if (!server.isRunning) {
      throw new Error(`the server did not start:\n${server.lastWords}`)
    }
  }

  /** Makes this node the first of a new cluster, which the others then join. */
  async initialise(): Promise<ClusterKeys> {
    const body = { secret_shares: 1, secret_threshold: 1 }
    const { keys_base64, root_token } = await this.#demand<{
      readonly keys_base64: readonly string[]
      readonly root_token: string
    }>('PUT', 'sys/init', { body })
    this.#keys = { unsealKey: keys_base64[0] ?? '', rootToken: root_token }
    return this.#keys
  }

  /** Joins the cluster led by `leader`; it becomes a member once it is unsealed. */
  async join(leader: ClusterNode): Promise<void> {
    this.#keys = leader.#keys
    const { ca } = this.#options
    const body = {
      leader_api_addr: leader.address,
      ...(ca !== undefined && { leader_ca_cert: ca }),
    }
    await this.#demand('POST', 'sys/storage/raft/join', { body })
  }

  async unseal(): Promise<void> {
    const body = { key: this.#needKeys().unsealKey }
    await this.#demand('PUT', 'sys/unseal', { body })
    this.#isSealed = false
  }

  /** Why this node does not do an active node's work yet. */
  async whyNotLeading(): Promise<string | undefined> {
    const token = this.#token
    const { status, body } = await this.#request('GET', 'sys/ha-status', { token })
    return status === 200 ? undefined : `it answers ${String(status)} ${JSON.stringify(body)}`
  }

  /** Has the leader make joined nodes voters once they are healthy; 10 s later if not said. */
  async letJoinedNodesVoteSoon(): Promise<void> {
    const token = this.#token
    const body = { server_stabilization_time: '100ms' }
    await this.#demand('POST', 'sys/storage/raft/autopilot/configuration', { token, body })
  }

  get #token(): string {
    return this.#needKeys().rootToken
  }

  #needKeys(): ClusterKeys {
    if (this.#keys === undefined) throw new Error(`${this.address} is in no cluster yet`)
    return this.#keys
  }

  async #demand<Body>(method: string, path: string, options: RequestOptions): Promise<Body> {
    const answer = await this.#request<Body>(method, path, options)
    if (answer.status === 200 || answer.status === 204) return answer.body
    const { status, body } = answer
    throw new Error(`${this.address} ${path} answered ${String(status)} ${JSON.stringify(body)}`)
  }

  #request<Body>(method: string, path: string, options: RequestOptions): Promise<Answer<Body>> {
    const { ca } = this.#options
    return sendRequest<Body>(this.address, method, path, {
      ...options,
      ...(ca !== undefined && { ca }),
    })
  }
}
