/**
 * One generated scenario on the real cluster and on a twin at once: the deeds that lead to the
 * state, then the plan, step by step, then a restart of every node. After each both must show the
 * same.
 */
import fc from 'fast-check'
import type { RunOutcome } from '../../src/documents/run-outcome.ts'
import type { Transport } from '../../src/domain/exchange.ts'
import type { DesiredState } from '../../src/domain/desired.ts'
import type { LiveState } from '../../src/domain/live.ts'
import { LATEST, type NodeAddress, type PluginId, type Version } from '../../src/domain/names.ts'
import { observe } from '../../src/live/observe.ts'
import type { TestCluster } from '../cluster/cluster.ts'
import { describe } from '../cluster/cluster-client.ts'
import { resetCluster } from '../cluster/reset.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { type Deed, requestOfDeed } from '../property/deeds.ts'
import { applyPlan } from '../../src/operations/apply-plan.ts'
import type { Commands } from '../../src/operations/user-commands/commands.ts'
import { createContext } from '../../src/operations/context.ts'
import { isBlocked, makePlan } from '../../src/operations/make-plan.ts'
import { gatherSecrets } from '../../src/operations/secrets/secrets.ts'
import { processWorld } from '../../src/operations/world.ts'
import { draftPlan } from '../../src/plan/make-plan.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'
import { changesSomething, judgedPlan, makeTwin, observeTwin } from '../property/drive-twin.ts'
import { type ClusterStory, type Scenario, scenarios } from '../property/generators.ts'
import { DATABASE_MOUNT, NESTED, type Palette } from '../property/palette.ts'
import { checkFiles, contentAfter, type ContentOf, reportFiles } from './check-files.ts'
import { realPalette } from './real-palette.ts'
import {
  activeOf,
  clientOf,
  connectTo,
  Disturbed,
  type Findings,
  SideBySide,
} from './side-by-side.ts'
import type { Playground, Stand } from './stand.ts'

export interface Played {
  /** How often both were compared. */
  readonly compared: number
  readonly refused: number
  /**
   * `blocked`: a plan that may not be applied, of which the deeds alone were compared. `not begun`:
   * the deeds came to different ends, or damaged what is stored.
   */
  readonly end: 'applied' | 'blocked' | 'nothing to do' | 'not begun'
  readonly steps: number
  /** One line for each. */
  readonly differences: readonly string[]
}

/**
 * Begins again where the cluster chose another leader unasked.
 *
 * @param databasePort where the connections' database is taken to be
 */
export async function playSeed(stand: Stand, databasePort: number, seed: number): Promise<Played> {
  for (let attempt = 1; ; attempt += 1) {
    const playground = await stand.playground(seed)
    try {
      const { played, isStorageDamaged } = await playOnce(playground, databasePort, seed)
      if (isStorageDamaged) await stand.remove(playground)
      return played
    } catch (error) {
      // Who stepped down once more than the twin knows may have damaged what is stored.
      if (!(error instanceof Disturbed) || attempt === 3) throw error
      await stand.remove(playground)
    }
  }
}

interface Outcome {
  readonly played: Played
  readonly isStorageDamaged: boolean
}

async function playOnce(
  playground: Playground,
  databasePort: number,
  seed: number,
): Promise<Outcome> {
  const { cluster, files } = playground
  const palette = realPalette(cluster)
  // Half of the plans are made with a check of every node's files, as by `cluster.binary_check`.
  const check = seed % 2 === 0 ? checkFiles : undefined
  const { story, desired } = await chooseScenario(playground, palette, { seed, check })
  const transport = connectTo(cluster)
  const { plugins } = palette
  const nodes = cluster.addresses as readonly NodeAddress[]
  const look = async (ids: readonly PluginId[]): Promise<LiveState> =>
    observe(clientOf(transport), {
      address: await activeOf(cluster),
      nodes,
      plugins: new Set(ids),
    })
  const findings: Findings = { compared: 0, refused: 0, differences: [] }
  const differs = (): boolean => findings.differences.length > 0
  const besideTwin = () => SideBySide.start({ cluster, transport, plugins, files }, findings)

  try {
    await files.restore()
    await resetCluster(cluster)
    await prepare(cluster, story)
    const builtin = builtinVersionOf(await look(plugins.map(({ id }) => id)))
    const first = await besideTwin()
    await first.compare('the beginning')
    for (const deed of story.deeds) {
      if (differs() || first.isStorageDamaged()) break
      await carryOut(deed, first, { nodes, builtin, databasePort })
    }
    // A twin of what is read knows nothing of damage.
    if (differs() || first.isStorageDamaged()) {
      const played = { ...findings, end: 'not begun', steps: 0 } as const
      return { played, isStorageDamaged: first.isStorageDamaged() }
    }

    const both = await besideTwin()
    await both.compare('the deeds, on a twin of what came of them')
    const contentOf: ContentOf = (node, command) => files.contentOf(node, command)
    await using folder = await makeScratchFolder({})
    const context = createContext({
      world: { ...processWorld(), env: { XDG_STATE_HOME: folder.path } },
      transport: besides(both, transport),
      address: await activeOf(cluster),
      nodes,
      token: () => '',
      credentials: () => [],
      secrets: gatherSecrets({ token: '', env: {}, trust: 'trusted' }),
      commands: commandsOf(contentOf),
      journal: undefined,
    })
    const made = await makePlan(
      { desired: check === undefined ? desired : checked(desired) },
      context,
    )
    const blocked = isBlocked(made.plan)
    const steps = made.plan.steps.length
    if (!blocked && steps > 0 && !differs()) {
      const reports = checkFiles(contentOf)(draftPlan(desired, made.live), nodes)
      const isEveryFileRight = reports.every(({ result }) => result === 'same')
      const applied = await applyPlan({ made, values: desired, wait: 30 }, context)
      if (applied.kind !== 'ended') throw new Error(`the plan was not applied: ${applied.kind}`)
      const after = await look(plugins.map(({ id }) => id))
      const lost = findLost(made.live, after)
      findings.differences.push(...judgeOutcome(applied.outcome, { isEveryFileRight, lost }))
    }
    // Whatever the state is that they are left in: what comes up of it on a node that is set up anew.
    for (const node of await standbysFirst(cluster)) if (!differs()) await both.restart(node)
    const end = blocked ? 'blocked' : steps === 0 ? 'nothing to do' : 'applied'
    return { played: { ...findings, end, steps }, isStorageDamaged: both.isStorageDamaged() }
  } finally {
    await transport.close()
  }
}

interface Surroundings {
  readonly nodes: readonly NodeAddress[]
  readonly builtin: Version
  readonly databasePort: number
}

async function carryOut(
  deed: Deed,
  both: SideBySide,
  { nodes, builtin, databasePort }: Surroundings,
): Promise<void> {
  if (deed.do === 'step_down') return both.stepDown()
  const node = nodes[('node' in deed ? deed.node : 0) % nodes.length]!
  if (deed.do === 'restart') return both.restart(node)
  if (deed.do === 'replace') return both.replaceFile(node, deed.command, deed.by.command)
  const { request, node: asked } = requestOfDeed(deed, builtin, databasePort)
  await both.send(asked === undefined ? await both.active() : node, request)
}

/**
 * If a node has another file than the plan starts, a run may fail. The failed step is rolled back,
 * or it has no rollback and every mount that it touched was down before: no plan is applied here
 * whose steps may lose a mount for good.
 */
function judgeOutcome(
  outcome: RunOutcome,
  { isEveryFileRight, lost }: { readonly isEveryFileRight: boolean; readonly lost: Lost },
): readonly string[] {
  const isRight =
    outcome.kind === 'done'
      ? outcome.unconfirmed === undefined
      : !isEveryFileRight && ['rolled_back', 'rollback_failed'].includes(outcome.kind)
  return [
    ...(isRight ? [] : [`the run ended: ${JSON.stringify(outcome)}`]),
    ...lost.map((place) => `the run took down ${place}`),
  ]
}

type Lost = readonly string[]

/** Mounts that answered on a node before a run, and do not answer there after it. */
function findLost(before: LiveState, after: LiveState): Lost {
  const down = new Set(placesOf(after, (answers) => answers === 'no'))
  return placesOf(before, (answers) => answers === 'yes').filter((place) => down.has(place))
}

function placesOf(
  { mounts }: LiveState,
  select: (answers: LiveState['mounts'][number]['nodes'][number]['answers']) => boolean,
): string[] {
  return mounts.flatMap(({ path, nodes }) =>
    nodes.flatMap(({ node, answers }) => (select(answers) ? [`${path} on ${node}`] : [])),
  )
}

/** What changes something goes to both sides; all else is asked of the real nodes. */
function besides(both: SideBySide, real: Transport): Transport {
  return {
    send: (node, request, signal) =>
      changesSomething(request) ? both.send(node, request) : real.send(node, request, signal),
    close: () => Promise.resolve(),
  }
}

/** With a check of every node's files. */
function checked(desired: DesiredState): DesiredState {
  const source = { file: 'lockstep.yaml', line: 1, column: 1 }
  const binaryCheck = { command: ['sha256sum', '{command}'], source }
  return { ...desired, cluster: { ...desired.cluster, binaryCheck } }
}

function commandsOf(contentOf: ContentOf): Commands {
  return {
    run: () => Promise.resolve(undefined),
    canStart: () => true,
    checkDisks: ({ nodes, files }) => {
      const addresses = nodes.map(({ address }) => address)
      return Promise.resolve(reportFiles(files, addresses, contentOf))
    },
  }
}

async function standbysFirst(cluster: TestCluster): Promise<readonly NodeAddress[]> {
  const active = await activeOf(cluster)
  const nodes = cluster.addresses as readonly NodeAddress[]
  return [...nodes.filter((node) => node !== active), active]
}

/**
 * The same seed is the same scenario wherever the same programs are: of a hundred, the one with a
 * plan to apply in which most kinds of thing happen.
 */
async function chooseScenario(
  { cluster, declared }: Playground,
  palette: Palette,
  { seed, check }: { readonly seed: number; readonly check: typeof checkFiles | undefined },
): Promise<Scenario> {
  const drawn = fc.sample(
    scenarios({
      palette,
      products: [cluster.product],
      nodes: { min: 3, max: 3 },
      declared: declared.map(({ type, name, version, command }) => ({
        plugin: `${type}/${name}` as PluginId,
        version: version as Version,
        command,
      })),
      stops: false,
      restarts: true,
      laterDeeds: 24,
    }),
    { seed, numRuns: 100 },
  )
  let richest = { scenario: drawn[0]!, kinds: -1 }
  for (const scenario of drawn) {
    const kinds = new Set<string>()
    const made = new Set<string>()
    const twin = makeTwin(scenario.story, palette, (deed, status) => {
      const isOfNothing = (deed.do === 'tune' || deed.do === 'reload') && !made.has(deed.mount.path)
      if (deed.do === 'enable' && status < 300) made.add(deed.mount.path)
      if (!isOfNothing) kinds.add(`${deed.do} ${status}`)
    })
    const contentOf = contentAfter(scenario.story, palette, twin.nodes())
    const { plan, blocked } = judgedPlan(
      scenario.desired,
      await observeTwin(twin, { plugins: new Set(scenario.desired.plugins.map(({ id }) => id)) }),
      { check: check?.(contentOf) },
    )
    // A twin of what is read does not know of the damage.
    if (blocked || twin.isStorageDamaged()) continue
    for (const { action } of plan.steps) kinds.add(action.kind)
    for (const deed of scenario.story.deeds)
      if (deed.do === 'restart' || deed.do === 'replace') kinds.add(deed.do)
    const follows = plan.steps.some(({ ensures }) =>
      ensures.some((fact) => fact.fact === 'mount' && fact.configured_version === LATEST),
    )
    if (follows) kinds.add('latest')
    if (plan.steps.length > 0 && kinds.size > richest.kinds)
      richest = { scenario, kinds: kinds.size }
  }
  return richest.scenario
}

/** What the deeds take for granted. */
async function prepare(cluster: TestCluster, { rootOnly }: ClusterStory): Promise<void> {
  const active = await cluster.activeIndex()
  const requests: [string, unknown][] = [
    ...(cluster.product === 'openbao' && rootOnly !== true
      ? [[`sys/namespaces/${NESTED}`, {}] as [string, unknown]]
      : []),
    [`sys/mounts/${DATABASE_MOUNT}`, { type: 'database' }],
  ]
  for (const [path, body] of requests) {
    const answer = await cluster.request(active, 'POST', path.replace(/\/$/, ''), { body })
    if (answer.status >= 300) throw new Error(`${path} answered ${JSON.stringify(answer)}`)
  }
  await cluster.waitUntilReady()
  if (requests.some(([path]) => path.startsWith('sys/namespaces/'))) await awaitNamespace(cluster)
}

/** A standby learns of a namespace a moment after the active node. */
async function awaitNamespace(cluster: TestCluster): Promise<void> {
  const options = { namespace: NESTED, noForwarding: true }
  await waitUntil('every node knows the namespace', async () => {
    for (const address of cluster.addresses) {
      const answer = await cluster.request(address, 'GET', 'sys/mounts', options)
      if (![200, 307].includes(answer.status)) return `${address} answers ${describe(answer)}`
    }
    return undefined
  })
}

function builtinVersionOf({ catalog }: LiveState): Version {
  return catalog.find(({ plugin, builtin }) => builtin && plugin === 'auth/jwt')!.version
}
