/**
 * The program's own operations, driven against a twin: only the network and the clock are not the
 * real ones. Locks, journals and rights are. Waiting costs no time, and the clock runs faster than
 * it is told.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import type { RunOutcome } from '../../src/documents/run-outcome.ts'
import { ownVersion } from '../../src/domain/builtin-plugins.ts'
import type { DesiredState } from '../../src/domain/desired.ts'
import type { ServerRequest, ServerResponse, Transport } from '../../src/domain/exchange.ts'
import type { LiveState } from '../../src/domain/live.ts'
import { type NodeAddress, type PluginId, UNKNOWN_HASH } from '../../src/domain/names.ts'
import { observe } from '../../src/live/observe.ts'
import { type ApplyInput, applyPlan } from '../../src/operations/apply-plan.ts'
import type { Commands, DiskCheck } from '../../src/operations/user-commands/commands.ts'
import { type Context, createContext, stateFolder } from '../../src/operations/context.ts'
import { judgePlan, rehearseDraft } from '../../src/operations/judge-plan.ts'
import { isBlocked, type MadePlan, makePlan } from '../../src/operations/make-plan.ts'
import { gatherSecrets } from '../../src/operations/secrets/secrets.ts'
import { type DraftPlan, draftPlan, type FreshPlan } from '../../src/plan/make-plan.ts'
import type { Past } from '../../src/plan/past.ts'
import type { BinaryReport } from '../../src/safety/rule.ts'
import { createClient } from '../../src/server/client.ts'
import type { PatienceOptions } from '../../src/server/patience.ts'
import { createTwin, type Twin } from '../../src/twin/cluster/twin.ts'
import { pastOf } from '../../src/journal/past-runs.ts'
import { nodeAddress } from '../builders/live.ts'
import { type Deed, requestOfDeed } from './deeds.ts'
import type { ClusterStory } from './generators.ts'
import { DATABASE_MOUNT, LOCK_MOUNT, MADE_UP, NESTED, type Palette } from './palette.ts'

export const TODAY = '2026-03-01'
const CLUSTER = { name: 'lab', id: '6a1f2c52-0d1c-4a6e-9d7e-0a1b2c3d4e5f' }
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
    cluster: CLUSTER,
    nodes: nodes.map((address) => ({ address, files })),
    ...(product === 'openbao' && story.rootOnly !== true && { namespaces: [NESTED] }),
    catalog: (story.declared ?? []).map((entry) => ({
      ...entry,
      sha256: UNKNOWN_HASH,
      declarative: true,
    })),
    mounts: [
      { path: DATABASE_MOUNT, plugin: 'secret/database' as never },
      { path: LOCK_MOUNT, plugin: 'secret/kv' as never, options: { version: '2' } },
    ],
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
  if (story.stopped !== undefined && !twin.isStorageDamaged())
    twin.stopNode(nodes[story.stopped % nodes.length]!)
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
  return observe(readerOf(twin, reorder), {
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

/** What `applyOn` applies: the plan that was made last on a twin, and where its journals are. */
interface Planned {
  readonly made: MadePlan
  readonly folder: string
}
const planned = new WeakMap<Twin, Planned>()

/** `journals`: of earlier runs on the cluster, the oldest first. */
export async function planOn(
  twin: Twin,
  desired: DesiredState,
  journals: readonly (readonly JournalEvent[])[] = [],
): Promise<Judged> {
  const folder = newFolder(journals)
  const made = await makePlan({ desired }, contextOn(twin, { folder }))
  planned.set(twin, { made, folder })
  const { plan, live } = made
  return {
    live,
    plan,
    blocked: isBlocked(plan),
    get draft() {
      return draftPlan(desired, live, pastOf(journals))
    },
  }
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

/** As `planOn`, of a live state that was read before, or that no server has. */
export function judgedPlan(
  desired: DesiredState,
  live: LiveState,
  { past, check }: Judging = {},
): Judged {
  const draft = draftPlan(desired, live, past)
  const nodes = live.nodes.map(({ address }) => address)
  const plan = judgePlan({
    desired,
    live,
    draft,
    today: TODAY,
    rehearsal: rehearseDraft(draft, live),
    ...(check !== undefined && { binaries: check(draft, nodes) }),
  })
  return { live, draft, plan, blocked: isBlocked(plan) }
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
  /** Every request that could change something, in order, but those of the lock. */
  readonly writes: readonly ServerRequest[]
}

export interface ApplyOptions {
  readonly around?: Around
  /** Told the clock, in milliseconds since the run began. Once true, the lock of the machine is gone. */
  readonly lockLost?: (now: number) => boolean
  /** Called with each line of the journal. */
  readonly recorded?: (event: JournalEvent, now: number) => void
  /** How many steps may be under way; the program's own number if not said. */
  readonly parallelism?: number
  /** How a server that answers 429 is waited for; not at all if not given. */
  readonly patience?: PatienceOptions
  /** Told the run when it begins. */
  readonly onStart?: ApplyInput['onStart']
  /** Called before each request that changes something; the first is number 0. */
  readonly beforeWrite?: (number: number, request: ServerRequest, node: NodeAddress) => void
  /** Puts something else in the place of what the run is given. */
  readonly change?: (context: Context) => Context
}

/** Applies the plan that was made last on the twin. `plan`: that one, or a part of it. */
export async function applyOn(
  twin: Twin,
  plan: FreshPlan,
  options: ApplyOptions = {},
): Promise<Applied> {
  const { beforeWrite = () => undefined, around, lockLost = () => false, recorded } = options
  const change = options.change ?? ((context: Context): Context => context)
  const last = planned.get(twin)
  if (last === undefined) throw new Error('no plan was made on this twin')
  const { made, folder } = last
  const journal: JournalEvent[] = []
  const writes: ServerRequest[] = []
  const looseLock = (now: number): void => {
    if (lockLost(now)) rmSync(lockFile, { force: true })
  }
  const context = contextOn(twin, {
    folder,
    elapsed: looseLock,
    sent: (node, request, now) => {
      looseLock(now)
      if (!changesSomething(request) || isOfLock(request)) return
      beforeWrite(writes.length, request, node)
      writes.push(request)
    },
    ...(around !== undefined && { around }),
    ...(options.patience !== undefined && { patience: options.patience }),
  })
  const lockFile = join(stateFolder(context, plan.cluster.id), 'lock')
  const began = context.now().getTime()
  try {
    const result = await applyPlan(
      {
        made: { ...made, plan },
        values: made.desired,
        wait: 120,
        ...(options.parallelism !== undefined && { parallelism: options.parallelism }),
        ...(options.onStart !== undefined && { onStart: options.onStart }),
        onEvent: (event) => {
          journal.push(event)
          recorded?.(event, context.now().getTime() - began)
        },
      },
      change(context),
    ).finally(() => {
      if (existsSync(lockFile)) throw new Error('the lock of this machine is still held')
    })
    if (result.kind !== 'ended') throw new Error(`the plan was not applied: ${result.kind}`)
    return { outcome: result.outcome, journal, writes }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function changesSomething({ method, path }: ServerRequest): boolean {
  return method !== 'GET' && path !== 'sys/capabilities-self'
}

/** A request that takes, renews or releases the lock of the cluster. */
function isOfLock({ path }: ServerRequest): boolean {
  return path.startsWith(LOCK_MOUNT)
}

export interface Hooks {
  /** Below it are the state folders of clusters. */
  readonly folder: string
  /** Told the clock after each wait, in milliseconds since the context was made. */
  readonly elapsed?: (now: number) => void
  readonly sent?: (node: NodeAddress, request: ServerRequest, now: number) => void
  readonly around?: Around
  readonly patience?: PatienceOptions
}

/** A context of the program whose servers are the twin's nodes. */
export function contextOn(twin: Twin, { folder, elapsed, sent, around, patience }: Hooks): Context {
  const clock = simulatedClock(elapsed)
  const transport: Transport = {
    send: async (node, request) => {
      const now = clock.elapsed()
      sent?.(node, request, now)
      const pass = (): ServerResponse => twin.send(node, request)
      return around === undefined ? pass() : around(node, request, pass, now)
    },
    close: () => Promise.resolve(),
  }
  return createContext({
    ...(patience !== undefined && { patience }),
    transport,
    world: {
      env: { XDG_STATE_HOME: folder },
      home: folder,
      who: 'test',
      pid: process.pid,
      hostname: 'test',
      machine: 'test',
      isAlive: () => true,
      now: clock.now,
      randomHex: (bytes) => '0'.repeat(2 * bytes),
      wait: clock.wait,
      every: clock.every,
    },
    address: firstUp(twin),
    nodes: twin.nodes(),
    token: () => '',
    credentials: () => [],
    secrets: gatherSecrets({ token: '', env: {}, trust: 'trusted' }),
    commands: COMMANDS,
    journal: undefined,
  })
}

/** A wait of the program's is a hundred times as long here: what will not come is given up soon. */
function simulatedClock(elapsed: (now: number) => void = () => undefined) {
  const start = Date.parse(TODAY)
  let now = 0
  const timers = new Set<{ next: number; readonly every: number; readonly run: () => void }>()
  return {
    now: () => new Date(start + now),
    elapsed: () => now,
    wait: (milliseconds: number) => {
      now += milliseconds * 100
      for (const timer of timers) {
        if (timer.next > now) continue
        timer.next = now + timer.every
        timer.run()
      }
      elapsed(now)
      return Promise.resolve()
    },
    every: (every: number, run: () => void) => {
      const timer = { next: now + every, every, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
  }
}

/** Commands that succeed, and a look at the files that every twin has. */
const COMMANDS: Commands = {
  run: () => Promise.resolve(undefined),
  canStart: () => true,
  checkDisks: ({ nodes, files }: DiskCheck) =>
    Promise.resolve(
      nodes.flatMap(({ address }) =>
        files.map(({ command, sha256: expected, for: use }): BinaryReport => {
          const found = FILES.get(command)
          const result =
            found === undefined
              ? { failed: 'no such file' }
              : found === expected
                ? 'same'
                : { found }
          return { node: address, command, expected, for: use, result }
        }),
      ),
    ),
}

const FILES = new Map(
  MADE_UP.plugins.flatMap(({ binaries }) =>
    binaries.map(({ command, sha256 }) => [command, sha256] as const),
  ),
)

/** In memory where the machine has such a folder: each line of a journal is written with fsync. */
const FOLDERS = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'lockstep-twin-'))
process.on('exit', () => {
  rmSync(FOLDERS, { recursive: true, force: true })
})
let folders = 0

function newFolder(journals: readonly (readonly JournalEvent[])[]): string {
  folders += 1
  const folder = join(FOLDERS, String(folders))
  for (const [position, events] of journals.entries()) {
    const kept = stateFolder({ env: { XDG_STATE_HOME: folder }, home: folder }, CLUSTER.id)
    mkdirSync(kept, { recursive: true, mode: 0o700 })
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('')
    writeFileSync(join(kept, `0-${String(position).padStart(3, '0')}.jsonl`), lines, {
      mode: 0o600,
    })
  }
  return folder
}

function readerOf(twin: Twin, reorder: Looking['reorder']) {
  return createClient({
    transport: {
      send: async (node, request) => {
        const { status, body } = twin.send(node, request)
        return { status, body: reorder === undefined ? body : reorder(body) }
      },
      close: () => Promise.resolve(),
    },
    wait: () => Promise.resolve(),
  })
}

function firstUp(twin: Twin): NodeAddress {
  return twin.active() ?? twin.nodes()[0]!
}
