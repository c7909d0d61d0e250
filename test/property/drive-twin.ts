/**
 * The program's own stages, from reading to the last step, driven against a twin: only the network
 * and the clock are not the real ones. Waiting costs no time; the clock goes faster than it says.
 */
import { createRecorder } from '../../src/apply/recorder.ts'
import { pastOf } from '../../src/journal/past-runs.ts'
import { runPlan } from '../../src/apply/run.ts'
import type { RunOptions } from '../../src/apply/run-context.ts'
import { stateBefore } from '../../src/journal/state-before.ts'
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import type { DesiredState } from '../../src/domain/desired.ts'
import type { ServerRequest, ServerResponse, Transport } from '../../src/domain/exchange.ts'
import type { LiveState } from '../../src/domain/live.ts'
import { type NodeAddress, type PluginId, UNKNOWN_HASH } from '../../src/domain/names.ts'
import type { RunOutcome } from '../../src/documents/run-outcome.ts'
import { observe } from '../../src/live/observe.ts'
import { type DraftPlan, draftPlan, finishPlan, type FreshPlan } from '../../src/plan/make-plan.ts'
import { findDesiredEnd } from '../../src/plan/desired-end.ts'
import type { Past } from '../../src/plan/past.ts'
import { blocksPlan, judge } from '../../src/safety/judge.ts'
import type { BinaryReport } from '../../src/safety/rule.ts'
import { type Client, createClient } from '../../src/server/client.ts'
import { rehearse } from '../../src/twin/rehearsal/rehearse.ts'
import { ownVersion } from '../../src/domain/builtin-plugins.ts'
import { createTwin, type Twin } from '../../src/twin/cluster/twin.ts'
import { nodeAddress } from '../builders/live.ts'
import { type Deed, requestOfDeed } from './deeds.ts'
import type { ClusterStory } from './generators.ts'
import { DATABASE_MOUNT, MADE_UP, NESTED, type Palette } from './palette.ts'

export const TODAY = '2026-03-01'
const RELEASE = { openbao: '2.7.2', vault: '1.21.4' } as const

/**
 * The cluster a story led to. What was refused on the way did not happen, nor did what would have left
 * no node that leads; `answered` is told of each request.
 */
export function makeTwin(
  story: ClusterStory,
  palette: Palette = MADE_UP,
  answered: (deed: Deed, status: number) => void = () => undefined,
): Twin {
  const { product } = story
  const nodes = Array.from({ length: story.nodes }, (_, at) => nodeAddress(at + 1))
  const files = Object.fromEntries(
    palette.plugins.flatMap(({ binaries }) =>
      binaries.map(({ command, sha256 }) => [command, { sha256 }] as const),
    ),
  )
  const twin = createTwin({
    product,
    server_version: RELEASE[product],
    cluster: { name: 'lab', id: '6a1f2c52-0d1c-4a6e-9d7e-0a1b2c3d4e5f' },
    nodes: nodes.map((address) => ({ address, files })),
    ...(product === 'openbao' && story.rootOnly !== true && { namespaces: [NESTED] }),
    catalog: (story.declared ?? []).map((entry) => ({
      ...entry,
      sha256: UNKNOWN_HASH,
      declarative: true,
    })),
    mounts: [{ path: DATABASE_MOUNT, plugin: 'secret/database' as never }],
  })
  const builtin = product === 'openbao' ? ownVersion(product, RELEASE[product]) : 'v0.25.0+builtin'
  for (const deed of story.deeds) {
    if (mayLoseLeader(deed, twin)) continue
    if (deed.do === 'restart') {
      twin.restartNode(nodes[deed.node % nodes.length]!)
      continue
    }
    if (deed.do === 'replace') {
      const { node, command, by } = deed
      twin.putFile(nodes[node % nodes.length]!, command, { sha256: by.sha256 })
      continue
    }
    const { request, node } = requestOfDeed(deed, builtin as never)
    const asked = node === undefined ? twin.active() : nodes[node % nodes.length]
    if (asked !== undefined) answered(deed, twin.send(asked, request).status)
  }
  if (story.stopped !== undefined) twin.stopNode(nodes[story.stopped % nodes.length]!)
  return twin
}

/** Whether nothing could lead after it, or nobody can tell what serves. */
export function mayLoseLeader(deed: Deed, twin: Twin): boolean {
  return (deed.do === 'restart' || deed.do === 'step_down') && twin.isStorageDamaged()
}

interface Looking {
  /** All in the palette if not said. */
  readonly plugins?: ReadonlySet<PluginId>
  /** What becomes of each answer's body on its way. */
  readonly reorder?: (body: unknown) => unknown
}

/** All there is to see of some plugins. */
export function observeTwin(twin: Twin, looking: Looking = {}): Promise<LiveState> {
  const { plugins = ALL_PLUGINS, reorder } = looking
  const nodes = (reorder?.({ nodes: twin.nodes() }) as { nodes: NodeAddress[] } | undefined)?.nodes
  return observe(clientOf(twin, { ...(reorder !== undefined && { answered: reorder }) }), {
    address: firstUp(twin),
    nodes: nodes ?? twin.nodes(),
    plugins,
  })
}

const ALL_PLUGINS: ReadonlySet<PluginId> = new Set(MADE_UP.plugins.map(({ id }) => id))

export interface Judged {
  readonly live: LiveState
  readonly draft: DraftPlan
  readonly plan: FreshPlan
  readonly blocked: boolean
}

interface Judging {
  readonly past?: Past
  /** What a check of the nodes' files finds; absent: they are not checked. */
  readonly check?: CheckFiles | undefined
}

export type CheckFiles = (
  draft: DraftPlan,
  nodes: readonly NodeAddress[],
) => readonly BinaryReport[]

export async function planOn(
  twin: Twin,
  desired: DesiredState,
  journals: readonly (readonly JournalEvent[])[] = [],
): Promise<Judged> {
  const named = new Set(desired.plugins.map(({ id }) => id))
  const past = pastOf(journals)
  return judgedPlan(desired, await observeTwin(twin, { plugins: named }), { past })
}

export function judgedPlan(
  desired: DesiredState,
  live: LiveState,
  { past, check }: Judging = {},
): Judged {
  const draft = draftPlan(desired, live, past)
  const nodes = live.nodes.map(({ address }) => address)
  const rehearsal = rehearse({ live, steps: draft.steps, wanted: findDesiredEnd(draft, live) })
  const findings = judge(
    {
      desired,
      live,
      draft,
      today: TODAY,
      rehearsal,
      ...(check !== undefined && { binaries: check(draft, nodes) }),
    },
    desired.allow,
  )
  const plan = finishPlan(draft, desired, live, { findings, rehearsal })
  return { live, draft, plan, blocked: blocksPlan(findings) }
}

/** What stands between the program and a node; throws what a network would. */
export type Around = (
  node: NodeAddress,
  request: ServerRequest,
  pass: () => ServerResponse,
  /** Milliseconds since the run began. */
  now: number,
) => ServerResponse

export interface Applied {
  readonly outcome: RunOutcome
  readonly journal: readonly JournalEvent[]
  /** Every request that could change something, in order. */
  readonly writes: readonly ServerRequest[]
}

export interface ApplyOptions {
  readonly around?: Around
  /** Told the clock, in milliseconds since the run began. */
  readonly lockLost?: (now: number) => boolean
  /** Called with each line of the journal. */
  readonly recorded?: (event: JournalEvent, now: number) => void
  /** What the run is given, as it would be; what is returned is given to it instead. */
  readonly collaborators?: (options: RunOptions) => RunOptions
  /** Called before each request that changes something; the first is number 0. */
  readonly beforeWrite?: (number: number, request: ServerRequest, node: NodeAddress) => void
}

export async function applyOn(
  twin: Twin,
  plan: FreshPlan,
  options: ApplyOptions = {},
): Promise<Applied> {
  const { beforeWrite = () => undefined, around, lockLost = () => false, recorded } = options
  let now = 0
  const journal: JournalEvent[] = []
  const writes: ServerRequest[] = []
  const client = clientOf(twin, {
    // A wait of the program's is a hundred times as long here: what will not come is given up soon.
    wait: (milliseconds) => {
      now += milliseconds * 100
    },
    sent: (node, request) => {
      if (!changesSomething(request)) return
      beforeWrite(writes.length, request, node)
      writes.push(request)
    },
    ...(around !== undefined && {
      around: (node, request, pass) => around(node, request, pass, now),
    }),
  })
  const recorder = createRecorder({
    run: 'run',
    by: 'test',
    now: () => new Date(now),
    sinks: [(event) => void journal.push(event), (event) => recorded?.(event, now)],
  })
  await recorder.runStarted(plan, stateBefore(plan))
  const collaborators = options.collaborators ?? ((given: RunOptions) => given)
  const given: RunOptions = {
    client,
    recorder,
    soak: 0,
    wait: 120,
    environmentOf: () => [],
    verify: () => Promise.resolve(undefined),
    clock: () => now,
    interrupted: () => false,
    lockLost: () => lockLost(now),
    lookAtLock: () => Promise.resolve(),
  }
  const outcome = await runPlan(plan, collaborators(given))
  await recorder.runEnded(outcome)
  return { outcome, journal, writes }
}

export function changesSomething({ method, path }: ServerRequest): boolean {
  return method !== 'GET' && path !== 'sys/capabilities-self'
}

interface Hooks {
  readonly wait?: (milliseconds: number) => void
  readonly sent?: (node: NodeAddress, request: ServerRequest) => void
  readonly around?: (
    node: NodeAddress,
    request: ServerRequest,
    pass: () => ServerResponse,
  ) => ServerResponse
  readonly answered?: (body: unknown) => unknown
}

function clientOf(twin: Twin, { wait, sent, around, answered }: Hooks = {}): Client {
  const transport: Transport = {
    send: async (node, request) => {
      sent?.(node, request)
      const pass = (): ServerResponse => twin.send(node, request)
      const { status, body } = around === undefined ? pass() : around(node, request, pass)
      return { status, body: answered === undefined ? body : answered(body) }
    },
    close: () => Promise.resolve(),
  }
  return createClient({
    transport,
    wait: (milliseconds) => {
      wait?.(milliseconds)
      return Promise.resolve()
    },
  })
}

function firstUp(twin: Twin): NodeAddress {
  return twin.active() ?? twin.nodes()[0]!
}
