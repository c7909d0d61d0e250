/**
 * The real cluster and a twin of it, treated alike: each request and each restart happens to both,
 * and both must show the same after it. Which node takes over is the real ones' to say.
 */
import type { ServerRequest, ServerResponse, Transport } from '../../src/domain/exchange.ts'
import type { LiveState } from '../../src/domain/live.ts'
import type { NodeAddress } from '../../src/domain/names.ts'
import type { Twin } from '../../src/twin/twin.ts'
import type { TestCluster } from '../cluster/cluster.ts'
import { compareAnswers } from './compare-answers.ts'
import { type CompareStates, createStateComparison } from './compare-states.ts'

export interface Sides {
  readonly cluster: TestCluster
  /** To the real nodes. */
  readonly transport: Transport
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

export class SideBySide {
  readonly #sides: Sides
  readonly #findings: Findings
  readonly #compareStates: CompareStates

  constructor(sides: Sides, findings: Findings) {
    this.#sides = sides
    this.#findings = findings
    this.#compareStates = createStateComparison({ real: sides.lookAtReal, twin: sides.lookAtTwin })
  }

  /** The real node's answer. */
  async send(node: NodeAddress, request: ServerRequest): Promise<ServerResponse> {
    const { transport, twin } = this.#sides
    const response = await transport.send(node, request)
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

  async stepDown(): Promise<void> {
    const { cluster, twin } = this.#sides
    const before = await this.active()
    await cluster.request(before, 'PUT', 'sys/step-down')
    const successor = await cluster.waitForLeader(before)
    twin.stepDown(successor as NodeAddress)
    await this.compare('a step-down')
  }

  async restart(node: NodeAddress): Promise<void> {
    const { cluster, twin } = this.#sides
    // A node that is killed before it has heard of a change comes up with what was before.
    await cluster.waitForLeader()
    const server = cluster.node(cluster.addresses.indexOf(node))
    await server.stop()
    await server.start()
    await server.unseal()
    twin.restartNode(node, (await cluster.waitForLeader()) as NodeAddress)
    await this.compare(`a restart of ${node}`)
  }

  async active(): Promise<NodeAddress> {
    const { cluster } = this.#sides
    return cluster.addresses[await cluster.activeIndex()] as NodeAddress
  }

  async compare(after: string): Promise<void> {
    this.#findings.compared += 1
    const found = await this.#compareStates()
    this.#findings.differences.push(
      ...found.map(({ what, real, twin }) => `after ${after}: ${what}: real ${real}, twin ${twin}`),
    )
  }
}
