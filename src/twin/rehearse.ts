/**
 * Rehearses a plan on a twin of the live state: sends each step's request, and after each looks
 * whether stopping there would be safe, even if every node restarted at that moment. Also whether
 * the plan ends where it is to end, and reloads in the right order. Changes nothing that is handed
 * in.
 */
import { groupBy } from '../domain/group-by.ts'
import type { Action, Rehearsal, Step } from '../documents/plan.generated.ts'
import type { LiveConnection, LiveMount, LiveState } from '../domain/live.ts'
import type { ConnectionPath, MountPath, NodeAddress, PluginId, Sha256 } from '../domain/names.ts'
import { requestOf } from '../server/requests.ts'
import { twinFromLive } from './from-live.ts'
import { findLateStandbys } from './reload-order.ts'
import type { Twin } from './twin.ts'

/** Where a mount is to be when the plan is through. */
export interface RehearsedEnd {
  readonly mount: MountPath
  readonly sha256: Sha256
}

export interface RehearsalInput {
  readonly live: LiveState
  readonly steps: readonly Step[]
  readonly ends: readonly RehearsedEnd[]
}

/** Null where there is nothing to rehearse. */
export function rehearse({ live, steps, ends }: RehearsalInput): Rehearsal | null {
  const active = live.nodes.find(({ role }) => role === 'active')
  if (steps.length === 0 || active === undefined) return null
  const stage = setStage({ live, steps, ends }, active.address)
  const late = findLateStandbys(steps, stage.active)
  const unsafe: Rehearsal['unsafe'] = []
  for (const [position, step] of steps.entries()) {
    const faults = playStep(stage, step)
    faults.push(...(late.get(step) ?? []).map((mount) => reloadedLate(mount, step, stage)))
    if (position === steps.length - 1) faults.push(...missedEnds(stage, ends))
    if (faults.length > 0) unsafe.push({ after: step.id, problem: describeFaults(faults, stage) })
  }
  return { stopping_points: steps.length, safe: steps.length - unsafe.length, unsafe }
}

interface Stage {
  readonly twin: Twin
  readonly active: NodeAddress
  /** Every node that is up: each may restart at any moment. */
  readonly nodes: readonly NodeAddress[]
  readonly mountsOf: ReadonlyMap<PluginId, readonly LiveMount[]>
  readonly mounts: ReadonlyMap<MountPath, LiveMount>
  readonly connectionsOf: ReadonlyMap<PluginId, readonly LiveConnection[]>
  readonly connections: ReadonlyMap<ConnectionPath, LiveConnection>
  /**
   * Of the mounts that the plan moves: the binaries they may come up with while it runs. What they
   * ran or would have come up with before it, and what they are to run after it.
   */
  readonly mayStart: ReadonlyMap<MountPath, ReadonlySet<Sha256>>
  /** What was wrong before the first step: that is no fault of the plan. */
  readonly known: ReadonlySet<string>
}

/** What is wrong with a mount or connection on one node. */
interface Fault {
  readonly node: NodeAddress
  readonly problem: string
}

function setStage({ live, steps, ends }: RehearsalInput, active: NodeAddress): Stage {
  const sharedFiles = Object.fromEntries(
    steps.flatMap(({ action }) =>
      action.kind === 'register' ? [[action.entry.command, action.entry.sha256]] : [],
    ),
  )
  const mountsOf = groupBy(live.mounts, (mount) => mount.plugin)
  const up = live.nodes.filter(({ state }) => state === 'serving' || state === 'forwarding')
  const stage = {
    twin: twinFromLive(live, { sharedFiles }),
    active,
    nodes: up.map(({ address }) => address),
    mountsOf,
    mounts: new Map(live.mounts.map((mount) => [mount.path, mount])),
    connectionsOf: groupBy(live.connections, (connection) => connection.plugin),
    connections: new Map(live.connections.map((connection) => [connection.path, connection])),
    mayStart: new Map<MountPath, ReadonlySet<Sha256>>(),
    known: new Set<string>(),
  }
  const touched = new Set(steps.flatMap((step) => pluginsOf(step, stage)))
  const before = [...touched].flatMap((plugin) => [
    ...(mountsOf.get(plugin) ?? []).flatMap((mount) => faultsOf(stage, mount, stage.nodes)),
    ...(stage.connectionsOf.get(plugin) ?? []).flatMap((one) => faultsOfConnection(stage, one)),
  ])
  const mayStart = new Map(ends.map((end) => [end.mount, binariesOf(end, stage)]))
  return { ...stage, mayStart, known: new Set(before.map(keyOf)) }
}

function binariesOf(
  { mount, sha256 }: RehearsedEnd,
  { twin, nodes, mounts }: Pick<Stage, 'twin' | 'nodes' | 'mounts'>,
): ReadonlySet<Sha256> {
  const binaries = new Set([sha256])
  for (const view of mounts.get(mount)?.nodes ?? []) binaries.add(view.running_sha256)
  for (const node of nodes) {
    const start = twin.wouldStart(node, mount)
    if (start.kind === 'started') binaries.add(start.sha256)
  }
  return binaries
}

function pluginsOf(
  { action }: Step,
  { mounts, connections }: Pick<Stage, 'mounts' | 'connections'>,
): PluginId[] {
  switch (action.kind) {
    case 'register':
    case 'deregister':
    case 'enable':
      return [action.plugin]
    case 'tune':
      return pluginOf(action.mount)
    case 'reload':
      return action.mounts.flatMap(pluginOf)
    case 'repoint': {
      const connection = connections.get(action.connection)
      return connection === undefined ? [] : [connection.plugin]
    }
  }
  function pluginOf(path: MountPath): PluginId[] {
    const mount = mounts.get(path)
    return mount === undefined ? [] : [mount.plugin]
  }
}

/** Sends a step's request; what is wrong after it that was not before the plan. */
function playStep(stage: Stage, step: Step): Fault[] {
  const { action } = step
  const node = action.kind === 'reload' ? action.node : stage.active
  const { status, body } = stage.twin.send(node, requestOf(action))
  if (status >= 300) {
    return [{ node, problem: `it would be refused (HTTP ${status} ${JSON.stringify(body)})` }]
  }
  return [
    ...affected(stage, action).flatMap(({ mount, nodes }) => faultsOf(stage, mount, nodes)),
    ...affectedConnections(stage, action).flatMap((one) => faultsOfConnection(stage, one)),
  ].filter((fault) => !stage.known.has(keyOf(fault)))
}

function keyOf({ node, problem }: Fault): string {
  return `${node} ${problem}`
}

/** Each problem once, with the nodes it is on. */
function describeFaults(faults: readonly Fault[], stage: Stage): string {
  const nodes = new Map<string, Set<NodeAddress>>()
  for (const { node, problem } of faults) {
    nodes.set(problem, (nodes.get(problem) ?? new Set()).add(node))
  }
  return [...nodes]
    .map(([problem, on]) => {
      const where = on.size === stage.nodes.length ? 'every node' : [...on].join(', ')
      return `${problem} (on ${where})`
    })
    .join('; ')
}

/** What a request can have changed: looking at more would cost more and show no more. */
function affected(
  stage: Stage,
  action: Action,
): readonly { readonly mount: LiveMount; readonly nodes: readonly NodeAddress[] }[] {
  const all = (plugin: PluginId, nodes = stage.nodes) =>
    (stage.mountsOf.get(plugin) ?? []).map((mount) => ({ mount, nodes }))
  switch (action.kind) {
    case 'register':
    case 'deregister':
      return all(action.plugin)
    case 'tune': {
      const mount = stage.mounts.get(action.mount)
      return mount === undefined ? [] : [{ mount, nodes: stage.nodes }]
    }
    case 'reload': {
      // The process dies under every mount that shares it.
      const first = stage.mounts.get(action.mounts[0] ?? ('' as MountPath))
      return first === undefined ? [] : all(first.plugin, [action.node])
    }
    case 'enable':
    case 'repoint':
      return []
  }
}

function affectedConnections(stage: Stage, action: Action): readonly LiveConnection[] {
  switch (action.kind) {
    case 'register':
    case 'deregister':
      return stage.connectionsOf.get(action.plugin) ?? []
    case 'repoint': {
      const connection = stage.connections.get(action.connection)
      return connection === undefined ? [] : [connection]
    }
    case 'tune':
    case 'reload':
    case 'enable':
      return []
  }
}

function faultsOfConnection({ twin, nodes }: Stage, { path }: LiveConnection): Fault[] {
  return nodes.flatMap((node) => {
    const why = twin.whyNotConnecting(node, path)
    return why === undefined ? [] : [{ node, problem: `${path} would not start again: ${why}` }]
  })
}

/** Why a mount would not be whole on a node, now and after its restart. */
function faultsOf(stage: Stage, mount: LiveMount, nodes: readonly NodeAddress[]): Fault[] {
  return nodes.flatMap((node) => {
    const running = stage.twin.running(node, mount.path)
    const start = stage.twin.wouldStart(node, mount.path)
    const problems = [
      ...(running !== undefined && !running.answers ? [`${mount.path} is down`] : []),
      ...(start.kind === 'failed'
        ? [`${mount.path} would not come up again after a restart: ${start.why}`]
        : stage.mayStart.get(mount.path)?.has(start.sha256) === false
          ? [
              `${mount.path} would come up after a restart with a binary that it neither ran before nor is to run`,
            ]
          : []),
      // Between the registration of an entry in place and the reload another binary stands there.
      ...(running?.is_registered === false
        ? [`${mount.path} runs what is registered no more`]
        : []),
      ...(running !== undefined && running.accessor !== mount.accessor
        ? [`${mount.path} is another mount than before`]
        : []),
    ]
    return problems.map((problem) => ({ node, problem }))
  })
}

function reloadedLate(mount: MountPath, { action }: Step, { active }: Stage): Fault {
  const node = action.kind === 'reload' ? action.node : active
  return { node, problem: `${mount} was reloaded on the active node first: a bug in lockstep` }
}

/** What a plan was to bring about and does not: never the cluster's fault, always the planner's. */
function missedEnds(stage: Stage, ends: readonly RehearsedEnd[]): Fault[] {
  return ends.flatMap(({ mount, sha256 }) =>
    stage.nodes.flatMap((node) => {
      const running = stage.twin.running(node, mount)
      if (running === undefined) return []
      // What would start tells whether it is also configured for what it runs.
      const start = stage.twin.wouldStart(node, mount)
      const starts = start.kind === 'failed' ? sha256 : start.sha256
      if (running.running_sha256 === sha256 && starts === sha256) return []
      return [{ node, problem: `the plan ends with ${mount} on another binary: a bug in lockstep` }]
    }),
  )
}
