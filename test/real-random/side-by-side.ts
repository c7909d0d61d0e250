/**
 * The real cluster and a twin of it, treated alike: each request and each restart happens to both,
 * and both must show the same after it. Which node takes over is the real ones' to say.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerRequest, ServerResponse, Transport } from '../../src/domain/exchange.ts'
import type { LiveState } from '../../src/domain/live.ts'
import { type NodeAddress, ROOT_NAMESPACE } from '../../src/domain/names.ts'
import { observe } from '../../src/live/observe.ts'
import { type Client, createClient } from '../../src/server/client.ts'
import { createHttpTransport } from '../../src/server/transport.ts'
import { twinFromLive } from '../../src/twin/rehearsal/from-live.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import type { TestCluster } from '../cluster/cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import type { PaintedPlugin } from '../property/palette.ts'
import { compareAnswers } from './compare-answers.ts'
import { type CompareStates, createStateComparison } from './compare-states.ts'
import type { NodeFiles } from './node-files.ts'

export interface RealSide {
  readonly cluster: TestCluster
  /** To the real nodes. */
  readonly transport: Transport
  /** What is looked at, with the names of the files in each node's plugin directory. */
  readonly plugins: readonly Pick<PaintedPlugin, 'id' | 'binaries'>[]
  readonly files: NodeFiles
}

interface Sides extends RealSide {
  readonly twin: Twin
  readonly lookAtReal: () => Promise<LiveState>
  readonly lookAtTwin: () => Promise<LiveState>
}

/** What was compared so far, and how it differed: one line for each. */
export interface Findings {
  compared: number
  /** Requests that the real nodes refused. */
  refused: number
  readonly differences: string[]
}

/** The cluster chose another leader unasked, as on a machine that is too busy: nothing can be told of it. */
export class Disturbed extends Error {
  override readonly name = 'Disturbed'
}

export class SideBySide {
  readonly #sides: Sides
  readonly #findings: Findings
  readonly #compareStates: CompareStates
  /** Who leads, and since when; undefined until that is known. */
  #leads: string | undefined

  /** A twin of what the real nodes show now. */
  static async start(real: RealSide, findings: Findings): Promise<SideBySide> {
    const { cluster, transport, plugins, files } = real
    const nodes = cluster.addresses as readonly NodeAddress[]
    const everything = new Set(plugins.map(({ id }) => id))
    const lookAt = async (asked: Transport): Promise<LiveState> => {
      const address = await activeOf(cluster)
      return observe(clientOf(asked), { address, nodes, plugins: everything })
    }
    const twin = twinFromLive(await lookAt(transport))
    for (const { command } of plugins.flatMap(({ binaries }) => binaries)) {
      for (const node of nodes)
        twin.putFile(node, command, { sha256: files.contentOf(node, command) })
    }
    const lookAtReal = () => lookAt(transport)
    const lookAtTwin = () => lookAt(twinTransport(twin))
    return new SideBySide({ ...real, twin, lookAtReal, lookAtTwin }, findings)
  }

  private constructor(sides: Sides, findings: Findings) {
    this.#sides = sides
    this.#findings = findings
    this.#compareStates = createStateComparison({ real: sides.lookAtReal, twin: sides.lookAtTwin })
  }

  /** The real node's answer. */
  async send(node: NodeAddress, request: ServerRequest): Promise<ServerResponse> {
    const { transport, twin } = this.#sides
    const response = await transport.send(node, request)
    await this.#awaitEntry(request)
    const told = twin.send(node, request)
    if (response.status >= 400) this.#findings.refused += 1
    const { method, namespace, path, body = {} } = request
    const name = `${method} ${namespace}${path} ${JSON.stringify(body)}`
    this.#findings.differences.push(
      ...compareAnswers(response, told).map((difference) => `${name}: ${difference}`),
    )
    await this.compare(name)
    return response
  }

  /**
   * Until every node answers alike for an entry that was changed: what is looked at does not show it,
   * and one that has not heard of it yet would load what stood there before.
   */
  async #awaitEntry({ path, body }: ServerRequest): Promise<void> {
    if (!path.startsWith('sys/plugins/catalog/')) return
    const { cluster, transport } = this.#sides
    const version = body?.['version']
    const asked = typeof version === 'string' ? `${path}?version=${version}` : path
    const request = {
      method: 'GET',
      namespace: ROOT_NAMESPACE,
      path: asked,
      forwarding: false,
    } as const
    const read = async (node: string): Promise<string> => {
      const { status, body } = await transport.send(node as NodeAddress, request)
      return `${status} ${JSON.stringify(body, ['data', 'command', 'sha256', 'args'])}`
    }
    await waitUntil('every node has heard of the entry', async () => {
      const answers = await Promise.all(cluster.addresses.map(read))
      const own = new Set(answers.filter((answer) => !answer.startsWith('307 ')))
      return own.size === 1 ? undefined : [...own].join(', ')
    })
  }

  async stepDown(): Promise<void> {
    const { cluster, twin } = this.#sides
    const before = await this.active()
    await cluster.request(before, 'PUT', 'sys/step-down')
    const successor = await cluster.waitForLeader(before)
    this.#leads = undefined
    twin.stepDown(successor as NodeAddress)
    // The node that led is set up anew from what is stored. On a busy machine it may read that before
    // the new leader damages it, and then serves; once it is restarted, it has read what is damaged.
    if (twin.isStorageDamaged()) await this.restart(before)
    else await this.compare('a step-down')
  }

  async restart(node: NodeAddress): Promise<void> {
    const { cluster, twin } = this.#sides
    // A node that is killed before it has heard of a change comes up with what was before.
    const before = await cluster.waitForLeader()
    const server = cluster.node(cluster.addresses.indexOf(node))
    await server.stop()
    await server.start()
    await server.unseal()
    const leader = await cluster.waitForLeader()
    // On a busy machine it may be back before the others choose. In the twin another one leads.
    if (node === before && leader === node) throw new Disturbed(`${node} led, and leads again`)
    if (node === before) this.#leads = undefined
    twin.restartNode(node, leader as NodeAddress)
    await this.compare(`a restart of ${node}`)
  }

  /** Nothing shows of it until something is started from the file. */
  async replaceFile(node: NodeAddress, command: string, by: string): Promise<void> {
    const { files, twin } = this.#sides
    await files.replace(node, command, by)
    twin.putFile(node, command, { sha256: files.contentOf(node, command) })
  }

  /** Whether, as the twin has it, no node could lead after the next change of leader. */
  isStorageDamaged(): boolean {
    return this.#sides.twin.isStorageDamaged()
  }

  active(): Promise<NodeAddress> {
    return activeOf(this.#sides.cluster)
  }

  async compare(after: string): Promise<void> {
    await this.#assertUndisturbed()
    this.#findings.compared += 1
    const found = await this.#compareStates()
    await this.#assertUndisturbed()
    this.#findings.differences.push(
      ...found.map(({ what, real, twin }) => `after ${after}: ${what}: real ${real}, twin ${twin}`),
    )
  }

  async #assertUndisturbed(): Promise<void> {
    const { cluster } = this.#sides
    const active = await this.active()
    const { body } = await cluster.request<{ active_time: string }>(active, 'GET', 'sys/leader')
    const leads = `${active} since ${body.active_time}`
    this.#leads ??= leads
    if (this.#leads !== leads) throw new Disturbed(`${this.#leads} led, then ${leads}`)
  }
}

export async function activeOf(cluster: TestCluster): Promise<NodeAddress> {
  return cluster.addresses[await cluster.activeIndex()] as NodeAddress
}

export function connectTo(cluster: TestCluster): Transport {
  return createHttpTransport({
    token: () => cluster.token,
    namespace: ROOT_NAMESPACE,
    tls: { verify: true },
    timeout: 30_000,
  })
}

export function clientOf(transport: Transport): Client {
  return createClient({ transport, wait: (milliseconds) => sleep(milliseconds) })
}

function twinTransport(twin: Twin): Transport {
  return {
    send: async (node, request) => twin.send(node, request),
    close: () => Promise.resolve(),
  }
}
