/**
 * Prepares a rehearsal: the twin, the mounts and connections that the plan can touch, and what was
 * wrong with them before the plan.
 */
import type { Action, Step } from '../../documents/plan.generated.ts'
import { writeOf } from '../../documents/writes-of.ts'
import { groupBy } from '../../domain/group-by.ts'
import type { LiveConnection, LiveState } from '../../domain/live.ts'
import type {
  ConnectionPath,
  MountPath,
  NodeAddress,
  PluginId,
  RunningBinary,
} from '../../domain/names.ts'
import type { DesiredEnd } from '../../domain/desired-end.ts'
import {
  type RehearsalFault,
  type FaultKind,
  faultsOfMount,
  type MountOnStage,
  wouldNotStart,
} from './faults.ts'
import { twinFromLive } from './from-live.ts'
import { type ProcessMates, trackProcessMates } from './process-mates.ts'
import type { Twin } from '../cluster/twin.ts'

export interface RehearsalInput {
  readonly live: LiveState
  readonly steps: readonly Step[]
  readonly desiredEnd: DesiredEnd
}

export interface RehearsalStage {
  readonly twin: Twin
  readonly active: NodeAddress
  /** Every node that is up: each may restart at any moment. */
  readonly nodes: readonly NodeAddress[]
  /** Mounts that the plan makes are added as it goes. */
  readonly mounts: Map<MountPath, MountOnStage>
  readonly mountsOf: Map<PluginId, MountPath[]>
  readonly connections: ReadonlyMap<ConnectionPath, LiveConnection>
  readonly connectionsOf: ReadonlyMap<PluginId, readonly LiveConnection[]>
  /** The plugins with an entry of this command: they start the same file. */
  readonly pluginsOfCommand: ReadonlyMap<string, readonly PluginId[]>
  readonly mates: ProcessMates
  /** What was wrong before the plan, by node and mount or connection, until it was seen to be right. */
  readonly known: Map<string, ReadonlySet<FaultKind>>
}

/**
 * Puts the files of all registrations on every node, after the faults before the plan were recorded:
 * if such a file replaces another one, the faults that follow are faults of the plan.
 */
export function setStage(
  { live, steps, desiredEnd }: RehearsalInput,
  active: NodeAddress,
): RehearsalStage {
  const up = live.nodes.filter(
    ({ state }) => state === 'serving' || state === 'forwarding' || state === 'not-ready',
  )
  const twin = twinFromLive(live)
  const stage: RehearsalStage = {
    twin,
    active,
    nodes: up.map(({ address }) => address),
    mounts: new Map(
      live.mounts.map(({ path, plugin, accessor }) => [path, { path, plugin, accessor }]),
    ),
    mountsOf: new Map(
      [...groupBy(live.mounts, (mount) => mount.plugin)].map(([plugin, mounts]) => [
        plugin,
        mounts.map(({ path }) => path),
      ]),
    ),
    connections: new Map(live.connections.map((connection) => [connection.path, connection])),
    connectionsOf: groupBy(live.connections, (connection) => connection.plugin),
    pluginsOfCommand: pluginsOfCommand(live),
    mates: trackProcessMates(twin),
    known: new Map(),
  }
  for (const plugin of new Set(
    steps.flatMap(writeOf).flatMap((action) => pluginsTouched(stage, action)),
  )) {
    recordKnown(stage, plugin)
  }
  recordStarts(stage, live, desiredEnd)
  for (const { action } of steps) {
    if (action.kind !== 'register') continue
    const { command, sha256 } = action.entry
    for (const node of twin.nodes()) twin.putFile(node, command, { sha256 })
  }
  return stage
}

function pluginsOfCommand(live: LiveState): Map<string, PluginId[]> {
  const known = live.catalog.filter(({ command }) => command !== undefined)
  return new Map(
    [...groupBy(known, ({ command }) => command ?? '')].map(([command, entries]) => [
      command,
      entries.map(({ plugin }) => plugin),
    ]),
  )
}

/** The plugins whose mounts and connections a request can reach. */
function pluginsTouched(stage: RehearsalStage, action: Action): readonly PluginId[] {
  const { mounts, connections } = stage
  const ofMount = (path: MountPath): PluginId[] => {
    const mount = mounts.get(path)
    return mount === undefined ? [] : [mount.plugin]
  }
  switch (action.kind) {
    case 'register':
      return pluginsOfEntry(stage, action)
    case 'deregister':
    case 'enable':
      return [action.plugin]
    case 'tune':
      return ofMount(action.mount)
    case 'reload':
      return action.mounts.flatMap(ofMount)
    case 'repoint': {
      const connection = connections.get(action.connection)
      return connection === undefined ? [] : [connection.plugin]
    }
  }
}

/** The plugin, and every other that starts the same file. */
export function pluginsOfEntry(
  { pluginsOfCommand }: RehearsalStage,
  action: Action & { readonly kind: 'register' | 'deregister' },
): readonly PluginId[] {
  const others =
    action.kind === 'register' ? (pluginsOfCommand.get(action.entry.command) ?? []) : []
  return [...new Set([action.plugin, ...others])]
}

function recordKnown(stage: RehearsalStage, plugin: PluginId): void {
  const { twin, nodes, mountsOf, connectionsOf, mates, known } = stage
  const faults = [
    ...(mountsOf.get(plugin) ?? []).flatMap((path) => checkMount(stage, path, nodes)),
    ...(connectionsOf.get(plugin) ?? []).flatMap(({ path }) => checkConnection(stage, path)),
  ]
  for (const [key, group] of groupBy(faults, keyOf)) {
    known.set(key, new Set(group.map(({ kind }) => kind)))
  }
  for (const path of mountsOf.get(plugin) ?? []) {
    for (const node of nodes) {
      // A mount that is down already does not represent mounts that run.
      if (twin.running(node, path)?.answers === true) mates.look(node, path)
    }
  }
}

function recordStarts(
  { twin, nodes, mounts }: RehearsalStage,
  live: LiveState,
  desiredEnd: DesiredEnd,
): void {
  const views = new Map(live.mounts.map(({ path, nodes }) => [path, nodes]))
  for (const { mount: path, sha256 } of desiredEnd.mounts) {
    const mount = mounts.get(path)
    if (mount === undefined) continue
    const binaries = new Set<RunningBinary>([sha256])
    for (const view of views.get(path) ?? []) binaries.add(view.running_sha256)
    for (const node of nodes) {
      const start = twin.wouldStart(node, path)
      if (start.kind === 'started') binaries.add(start.sha256)
    }
    mounts.set(path, { ...mount, mayStart: binaries })
  }
}

/** Returns what is wrong with a mount on these nodes and was not wrong before the plan. */
export function checkMount(
  stage: RehearsalStage,
  path: MountPath,
  nodes: readonly NodeAddress[],
): RehearsalFault[] {
  const { twin, mounts } = stage
  const mount = mounts.get(path)
  if (mount === undefined) return []
  return nodes.flatMap((node) => {
    const faults = faultsOfMount(mount, twin.running(node, path), twin.wouldStart(node, path))
    return withoutKnown(
      stage,
      faults.map((fault) => ({ ...fault, mount: path, node })),
      `${node} ${path}`,
    )
  })
}

/** Returns why a connection would not start again, if it would have before the plan. */
export function checkConnection(stage: RehearsalStage, path: ConnectionPath): RehearsalFault[] {
  return stage.nodes.flatMap((node) => {
    const not = stage.twin.whyNotConnecting(node, path)
    const faults: RehearsalFault[] =
      not === undefined ? [] : [{ ...wouldNotStart(not), connection: path, node }]
    return withoutKnown(stage, faults, `${node} ${path}`)
  })
}

/** Removes the faults from before the plan. A fault that was once gone counts as one of the plan. */
function withoutKnown(
  { known }: RehearsalStage,
  faults: readonly RehearsalFault[],
  key: string,
): readonly RehearsalFault[] {
  const before = known.get(key)
  if (before === undefined) return faults
  const still = faults.filter(({ kind }) => before.has(kind))
  if (still.length < before.size) known.set(key, new Set(still.map(({ kind }) => kind)))
  return faults.filter(({ kind }) => !before.has(kind))
}

function keyOf({ node, mount, connection }: RehearsalFault): string {
  return `${node} ${mount ?? connection}`
}
