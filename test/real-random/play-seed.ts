/**
 * One generated scenario on the real cluster and on a twin at once: the deeds that lead to the
 * state, then the plan, step by step. After each request both must show the same.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { createRecorder } from '../../src/apply/recorder.ts'
import { runPlan } from '../../src/apply/run.ts'
import type { ServerRequest, ServerResponse, Transport } from '../../src/domain/exchange.ts'
import type { LiveState, Product } from '../../src/domain/live.ts'
import {
  type NodeAddress,
  type PluginId,
  ROOT_NAMESPACE,
  type Version,
} from '../../src/domain/names.ts'
import { observe } from '../../src/live/observe.ts'
import { type Client, createClient } from '../../src/server/client.ts'
import { createHttpTransport } from '../../src/server/transport.ts'
import { twinFromLive } from '../../src/twin/from-live.ts'
import type { Twin } from '../../src/twin/twin.ts'
import type { TestCluster } from '../cluster/cluster.ts'
import { resetCluster } from '../cluster/reset.ts'
import { requestOfDeed } from '../property/deeds.ts'
import { judgedPlan, makeTwin, planOn } from '../property/drive-twin.ts'
import { type Scenario, scenarios } from '../property/generators.ts'
import { DATABASE_MOUNT, NESTED, type Palette } from '../property/palette.ts'
import { compareStates } from './compare-states.ts'
import { realPalette } from './real-palette.ts'

export interface Played {
  /** How often both were compared. */
  readonly compared: number
  /** `blocked`: a plan that may not be applied, of which the deeds alone were compared. */
  readonly end: 'applied' | 'blocked' | 'nothing to do'
  readonly steps: number
  /** One line for each. */
  readonly differences: readonly string[]
}

/** @param databasePort where the connections' database is taken to be */
export async function playSeed(
  cluster: TestCluster,
  databasePort: number,
  seed: number,
): Promise<Played> {
  const palette = realPalette(cluster)
  const { story, desired } = await chooseScenario(cluster.product, palette, seed)
  const real = connectTo(cluster)
  const everything: ReadonlySet<PluginId> = new Set(palette.plugins.map(({ id }) => id))
  const nodes = cluster.addresses as readonly NodeAddress[]
  const look = async (client: Client, plugins = everything): Promise<LiveState> =>
    observe(client, { address: await activeOf(cluster), nodes, plugins })
  const differences: string[] = []
  let compared = 0
  const compare = async (twin: Twin, after: string): Promise<void> => {
    compared += 1
    const found = await compareStates({
      real: () => look(real.client),
      twin: () => look(clientOf(twinTransport(twin))),
    })
    for (const { what, real, twin } of found) {
      differences.push(`after ${after}: ${what}: real ${real}, twin ${twin}`)
    }
  }
  const twinOf = (live: LiveState): Twin => {
    const twin = twinFromLive(live)
    for (const { command, sha256 } of palette.plugins.flatMap(({ binaries }) => binaries)) {
      for (const node of nodes) twin.putFile(node, command, { sha256 })
    }
    return twin
  }
  const both = async (
    twin: Twin,
    node: NodeAddress,
    request: ServerRequest,
  ): Promise<ServerResponse> => {
    const response = await real.transport.send(node, request)
    const told = twin.send(node, request)
    const name = `${request.method} ${request.namespace}${request.path} ${JSON.stringify(request.body ?? {})}`
    if (response.status !== told.status) {
      differences.push(`${name}: real ${describe(response)}, twin ${describe(told)}`)
    }
    await compare(twin, name)
    return response
  }

  try {
    await resetCluster(cluster)
    await prepare(cluster)
    const builtin = builtinVersionOf(await look(real.client))
    const first = twinOf(await look(real.client))
    await compare(first, 'the beginning')
    for (const deed of story.deeds) {
      if (deed.do === 'step_down' || differences.length > 0) continue
      const { request, node } = requestOfDeed(deed, builtin, databasePort)
      const active = await activeOf(cluster)
      await both(first, node === undefined ? active : nodes[node % nodes.length]!, request)
    }

    const twin = twinOf(await look(real.client))
    await compare(twin, 'the deeds, on a twin of what came of them')
    const named = new Set(desired.plugins.map(({ id }) => id))
    const { plan, blocked } = judgedPlan(desired, await look(real.client, named))
    const steps = plan.steps.length
    if (differences.length > 0 || blocked || steps === 0) {
      return { compared, end: blocked ? 'blocked' : 'nothing to do', steps, differences }
    }
    const client = clientOf({
      send: (node, request, signal) =>
        changesSomething(request)
          ? both(twin, node, request)
          : real.transport.send(node, request, signal),
      close: () => Promise.resolve(),
    })
    const outcome = await runPlan(plan, {
      ...{ client, soak: 0, wait: 30 },
      recorder: createRecorder({ run: 'run', by: 'test', now: () => new Date(), sinks: [] }),
      environmentOf: () => [],
      verify: () => Promise.resolve(undefined),
      clock: () => Date.now(),
      interrupted: () => false,
      lockLost: () => false,
      lookAtLock: () => Promise.resolve(),
    })
    if (outcome.kind !== 'done') differences.push(`the run ended: ${JSON.stringify(outcome)}`)
    const again = judgedPlan(desired, await look(real.client, named)).plan.steps
    if (again.length > 0) {
      differences.push(`planned again: ${again.map(({ id }) => id).join(', ')}`)
    }
    return { compared, end: 'applied', steps, differences }
  } finally {
    await real.transport.close()
  }
}

/** The same seed is the same scenario wherever the same programs are: the first with a plan to apply. */
async function chooseScenario(product: Product, palette: Palette, seed: number): Promise<Scenario> {
  const drawn = fc.sample(
    scenarios({ palette, products: [product], nodes: { min: 3, max: 3 }, stops: false }),
    { seed, numRuns: 100 },
  )
  for (const scenario of drawn) {
    const { plan, blocked } = await planOn(makeTwin(scenario.story, palette), scenario.desired)
    if (!blocked && plan.steps.length > 0) return scenario
  }
  return drawn[0]!
}

/** What the deeds take for granted. */
async function prepare(cluster: TestCluster): Promise<void> {
  const active = await cluster.activeIndex()
  const requests: [string, unknown][] = [
    ...(cluster.product === 'openbao'
      ? [[`sys/namespaces/${NESTED}`, {}] as [string, unknown]]
      : []),
    [`sys/mounts/${DATABASE_MOUNT}`, { type: 'database' }],
  ]
  for (const [path, body] of requests) {
    const answer = await cluster.request(active, 'POST', path.replace(/\/$/, ''), { body })
    if (answer.status >= 300) throw new Error(`${path} answered ${JSON.stringify(answer)}`)
  }
  await cluster.waitUntilReady()
  // A standby learns of a namespace a moment later.
  await sleep(1_000)
}

function connectTo(cluster: TestCluster): { transport: Transport; client: Client } {
  const transport = createHttpTransport({
    token: () => cluster.token,
    namespace: ROOT_NAMESPACE,
    tls: { verify: true },
    timeout: 30_000,
  })
  return { transport, client: clientOf(transport) }
}

function clientOf(transport: Transport): Client {
  return createClient({ transport, wait: (milliseconds) => sleep(milliseconds) })
}

function twinTransport(twin: Twin): Transport {
  return {
    send: async (node, request) => twin.send(node, request),
    close: () => Promise.resolve(),
  }
}

async function activeOf(cluster: TestCluster): Promise<NodeAddress> {
  return cluster.addresses[await cluster.activeIndex()] as NodeAddress
}

function builtinVersionOf({ catalog }: LiveState): Version {
  return catalog.find(({ plugin, builtin }) => builtin && plugin === 'auth/jwt')!.version
}

function changesSomething({ method, path }: ServerRequest): boolean {
  return method !== 'GET' && path !== 'sys/capabilities-self'
}

function describe({ status, body }: ServerResponse): string {
  return `${status} ${JSON.stringify(body)}`
}
