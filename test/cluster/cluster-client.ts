/**
 * What a test says to a running cluster over HTTP, from whichever process: a test file that shares
 * a cluster has only its description. It never starts or stops a server.
 */
import { readFileSync } from 'node:fs'
import type { PluginFile } from './plugin-files.ts'
import type { Product } from './product.ts'
import type { DeclaredPlugin } from './server-configuration.ts'
import { type ClusterView, findLeader, whyListsDiffer, whyNotReady } from './readiness.ts'
import { sendRequest, type Answer, type RequestOptions } from './server-request.ts'
import { waitUntil } from './wait-until.ts'

/** Plain data: it passes from vitest's global set-up to the tests, and is what `--json` prints. */
export interface ClusterDescription {
  readonly product: Product
  readonly version: string
  readonly clusterName: string
  /** The root token. */
  readonly token: string
  readonly nodes: readonly NodeDescription[]
  /** The installed plugins and their SHA-256. */
  readonly plugins: Readonly<Partial<Record<PluginFile, string>>>
  /** The path of a PEM file, of a cluster with TLS. */
  readonly caCertificate?: string
  /** Standbys forward, as Vault's always do; absent: the product's own way. */
  readonly disableStandbyReads?: true
  /** Entries of the servers' own configuration, which no request removes. */
  readonly declared?: readonly DeclaredPlugin[]
}

export interface NodeDescription {
  readonly address: string
  readonly pluginDirectory: string
  readonly auditLog?: string
}

export type ClusterRequestOptions = Omit<RequestOptions, 'ca' | 'token'> & {
  /** The root token if not said, none if `null`. */
  readonly token?: string | null
}

export class ClusterClient {
  readonly description: ClusterDescription
  readonly #ca: string | undefined

  constructor(description: ClusterDescription) {
    this.description = description
    const { caCertificate } = description
    this.#ca = caCertificate === undefined ? undefined : readFileSync(caCertificate, 'utf8')
  }

  get addresses(): readonly string[] {
    return this.description.nodes.map((node) => node.address)
  }
  get pluginDirectories(): readonly string[] {
    return this.description.nodes.map((node) => node.pluginDirectory)
  }
  get token(): string {
    return this.description.token
  }
  get product(): Product {
    return this.description.product
  }
  get version(): string {
    return this.description.version
  }
  get clusterName(): string {
    return this.description.clusterName
  }
  /** Standbys run no plugins, and send what they are asked to the active node. */
  get standbysForward(): boolean {
    return this.product === 'vault' || this.description.disableStandbyReads === true
  }
  get caCertificate(): string | undefined {
    return this.description.caCertificate
  }

  /** Of a plugin this cluster was started with. */
  pluginSha256(file: PluginFile): string {
    const sha256 = this.description.plugins[file]
    if (sha256 === undefined) throw new Error(`the cluster was started without ${file}`)
    return sha256
  }

  /** @param node its place among the nodes, or an address */
  request<Body = unknown>(
    node: number | string,
    method: string,
    path: string,
    { token = this.token, ...options }: ClusterRequestOptions = {},
  ): Promise<Answer<Body>> {
    return sendRequest<Body>(this.#addressOf(node), method, path, {
      ...options,
      ...(token !== null && { token }),
      ...(this.#ca !== undefined && { ca: this.#ca }),
    })
  }

  /** The place of the active node among the nodes. */
  async activeIndex(): Promise<number> {
    const isActive = await Promise.all(this.addresses.map((address) => this.#isActive(address)))
    const index = isActive.indexOf(true)
    if (index < 0) throw new Error('no node is active')
    return index
  }

  /** The places of the nodes that run plugins and answer for them: no standby that forwards does. */
  async servingIndices(): Promise<readonly number[]> {
    return this.standbysForward ? [await this.activeIndex()] : [...this.addresses.keys()]
  }

  /** Has the active node step down, and waits until another one leads and all follow it. */
  async stepDown(): Promise<void> {
    const before = await this.activeIndex()
    const { status, body } = await this.request(before, 'PUT', 'sys/step-down')
    if (status !== 204) throw new Error(`sys/step-down answered ${describe({ status, body })}`)
    await waitUntil('another node is active', async () =>
      (await this.activeIndex()) === before ? 'the same node is active' : undefined,
    )
    await this.waitUntilReady()
  }

  /** Has whoever leads step down until the node at this place does: nobody chooses the next. */
  async makeLead(index: number): Promise<void> {
    for (let elections = 0; (await this.activeIndex()) !== index; elections += 1) {
      if (elections === 100) throw new Error(`node ${String(index)} was never chosen`)
      await this.stepDown()
    }
  }

  /**
   * Waits until the nodes that are meant to be up form a whole cluster: one is active, and the
   * others know it, vote, answer or forward what they are asked, and list the same mounts.
   *
   * A standby of OpenBao can miss a change of the mount table, and then keeps its list until it
   * restarts or leads; so others are made to lead until it does.
   */
  async waitUntilReady(): Promise<void> {
    const view = this.#view()
    for (let elections = 0; ; elections += 1) {
      await waitUntil('the cluster is ready', () => whyNotReady(view, this.expectedAddresses()))
      try {
        const whyNot = () => whyListsDiffer(view, this.expectedAddresses())
        await waitUntil('the nodes list the same mounts', whyNot, { timeout: 15_000 })
        return
      } catch (error) {
        if (elections === 10) throw error
      }
      await this.request(await this.activeIndex(), 'PUT', 'sys/step-down')
    }
  }

  /** Waits until the nodes that are meant to be up follow one leader, another than `before`; its address. */
  async waitForLeader(before?: string): Promise<string> {
    let active = ''
    await waitUntil('the nodes follow one leader', async () => {
      const leader = await findLeader(this.#view(), this.expectedAddresses())
      if ('whyNot' in leader) return leader.whyNot
      if (leader.active === before) return 'the same node is active'
      active = leader.active
      return undefined
    })
    return active
  }

  #view(): ClusterView {
    return {
      standbysForward: this.standbysForward,
      size: this.addresses.length,
      get: (address, path, noForwarding) =>
        this.request(address, 'GET', path, {
          timeout: 5_000,
          noForwarding: noForwarding !== undefined,
        }),
    }
  }

  /** The addresses of the nodes that are meant to be up. */
  protected expectedAddresses(): readonly string[] {
    return this.addresses
  }

  async #isActive(address: string): Promise<boolean> {
    try {
      const { body } = await this.request<{ is_self?: boolean }>(address, 'GET', 'sys/leader', {
        timeout: 2_000,
      })
      return body.is_self === true
    } catch {
      return false // Stopped.
    }
  }

  #addressOf(node: number | string): string {
    if (typeof node === 'string') return node
    const address = this.addresses[node]
    if (address === undefined) throw new RangeError(`the cluster has no node ${String(node)}`)
    return address
  }
}

/** An answer for an error message. */
export function describe({ status, body }: Answer): string {
  return `${String(status)} ${JSON.stringify(body)}`
}
