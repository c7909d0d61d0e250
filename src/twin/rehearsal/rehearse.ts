/**
 * Rehearses a plan on a twin of the live state: sends each step's request, and checks after each
 * whether a stop there would be safe, even if every node restarted at that moment. Also checks
 * whether this proves every other set of steps that `after` allows, whether the plan reaches the
 * desired state, and whether it reloads in the right order. Changes none of its arguments.
 */
import type { Action, Rehearsal, Step, UnsafePoint } from '../../documents/plan.generated.ts'
import { isWrite } from '../../documents/writes-of.ts'
import type { LiveState } from '../../domain/live.ts'
import { LATEST, type MountPath, type NodeAddress } from '../../domain/names.ts'
import { requestOf } from '../../server/requests.ts'
import { keepOneOfAlike } from './alike-mounts.ts'
import { describeFaults, type RehearsalFault } from './faults.ts'
import { findFreeOrder, type OrderedMounts } from './free-order.ts'
import { missedEnds } from './missed-ends.ts'
import { findLateStandbys } from './reload-order.ts'
import {
  checkConnection,
  checkMount,
  pluginsOfEntry,
  setStage,
  type RehearsalInput,
  type RehearsalStage,
} from './stage.ts'

/** Null if there is no active node, or if there are no steps and none is missing. */
export function rehearse(input: RehearsalInput): Rehearsal | null {
  return describeRehearsal(input, (active) => {
    const order = findOrderFaults(input, active)
    // One mount of each class is enough to prove that everything is safe. To name the mounts of a
    // fault, all mounts are rehearsed.
    const isSafe = order.size === 0 && playSteps(keepOneOfAlike(input), active).length === 0
    return isSafe ? [] : playSteps(input, active, order)
  })
}

/** The same, mount by mount. */
export function rehearseEachMount(input: RehearsalInput): Rehearsal | null {
  return describeRehearsal(input, (active) =>
    playSteps(input, active, findOrderFaults(input, active)),
  )
}

function describeRehearsal(
  { live, steps }: RehearsalInput,
  findUnsafe: (active: NodeAddress) => UnsafePoint[],
): Rehearsal | null {
  const active = live.nodes.find(({ role }) => role === 'active')
  if (active === undefined) return null
  const unsafe = findUnsafe(active.address)
  if (steps.length === 0 && unsafe.length === 0) return null
  const stops = new Set(unsafe.map(({ after }) => after))
  const safe = stops.size === 0 ? steps : steps.filter(({ id }) => !stops.has(id))
  return { stopping_points: steps.length, safe: safe.length, unsafe }
}

type FaultsByStep = ReadonlyMap<Step, readonly RehearsalFault[]>

/** Finds the faults that no state of the cluster shows: a standby reloaded late, and a free order. */
function findOrderFaults({ live, steps }: RehearsalInput, active: NodeAddress): FaultsByStep {
  const late = findLateStandbys(steps, active)
  const free = findFreeOrder(steps, orderedMounts(live))
  return new Map(
    [...late.keys(), ...free.keys()].map((step) => [
      step,
      [
        ...(late.get(step) ?? []).map((mount) => reloadedLate(mount, step)),
        ...(free.get(step) ?? []),
      ],
    ]),
  )
}

function playSteps(
  input: RehearsalInput,
  active: NodeAddress,
  order: FaultsByStep = new Map(),
): UnsafePoint[] {
  const { steps, desiredEnd } = input
  const stage = setStage(input, active)
  const describe = (after: string, faults: readonly RehearsalFault[]): UnsafePoint[] =>
    describeFaults(after, faults, stage.nodes.length)
  if (steps.length === 0) return describe('', missedEnds(stage.twin, desiredEnd))
  let isRefused = false
  // A step that costs the cluster its leader does so at every later stop too.
  const lasting: RehearsalFault[] = []
  return steps.flatMap((step, at) => {
    const faults = playStep(stage, step)
    isRefused ||= faults.some(({ kind }) => kind === 'refused')
    faults.push(...(order.get(step) ?? []), ...lasting)
    lasting.push(...faults.filter((one) => one.kind === 'no-leader' && !lasting.includes(one)))
    // A refused request did nothing. So the end is missed without a bug of the planner.
    if (at === steps.length - 1 && !isRefused) faults.push(...missedEnds(stage.twin, desiredEnd))
    return describe(step.id, faults)
  })
}

/**
 * Sends a step's request, and returns what is wrong after it that was not wrong before the plan. A
 * check sends no request, so it changes nothing.
 */
function playStep(stage: RehearsalStage, { action }: Step): RehearsalFault[] {
  if (!isWrite(action)) return []
  const node = action.kind === 'reload' ? action.node : stage.active
  const look = prepareLook(stage, action)
  const { status, body } = stage.twin.send(node, requestOf(action))
  const refused: RehearsalFault[] =
    status < 300 ? [] : [{ kind: 'refused', node, words: `HTTP ${status} ${JSON.stringify(body)}` }]
  return [...refused, ...look()]
}

/**
 * Returns a function that checks everything that the request can have changed, and nothing else.
 * `prepareLook` is called before the request, the function that it returns after it.
 */
function prepareLook(stage: RehearsalStage, action: Action): () => readonly RehearsalFault[] {
  const { nodes } = stage
  switch (action.kind) {
    case 'register':
    case 'deregister': {
      const plugins = pluginsOfEntry(stage, action)
      const mounts = plugins.flatMap((plugin) => stage.mountsOf.get(plugin) ?? [])
      const connections = plugins.flatMap((plugin) => stage.connectionsOf.get(plugin) ?? [])
      const wasDamaged = stage.twin.isStorageDamaged()
      return () => [
        ...(!wasDamaged && stage.twin.isStorageDamaged()
          ? [{ kind: 'no-leader', words: `the servers declare ${action.plugin}` } as const]
          : []),
        ...mounts.flatMap((path) => checkMount(stage, path, nodes)),
        ...connections.flatMap(({ path }) => checkConnection(stage, path)),
      ]
    }
    case 'tune': {
      const wasSo = stage.twin.doublesNamespaces(action.mount)
      return () => [
        ...checkMount(stage, action.mount, nodes),
        ...(!wasSo && stage.twin.doublesNamespaces(action.mount)
          ? [{ kind: 'no-leader', mount: action.mount } as const]
          : []),
      ]
    }
    case 'reload':
      return prepareReload(stage, action)
    case 'enable':
      return () => {
        bringOnStage(stage, action)
        return checkMount(stage, action.mount, nodes)
      }
    case 'repoint':
      return () => checkConnection(stage, action.connection)
  }
}

/** A reload ends the processes of the named mounts, also under other mounts that share them. */
function prepareReload(
  stage: RehearsalStage,
  { node, mounts }: Action & { readonly kind: 'reload' },
): () => readonly RehearsalFault[] {
  const { mates } = stage
  const named = new Set(mounts)
  const ended = mates.processesOf(node, mounts)
  return () => {
    for (const path of named) mates.look(node, path)
    const others = [...ended].flatMap((process) => mates.oneOf(node, process) ?? [])
    return [...new Set([...named, ...others])].flatMap((path) => checkMount(stage, path, [node]))
  }
}

/** Adds a mount that was made to the mounts of the stage. */
function bringOnStage(
  { twin, active, nodes, mounts, mountsOf, mates }: RehearsalStage,
  { mount: path, plugin }: Action & { readonly kind: 'enable' },
): void {
  const made = twin.running(active, path)
  if (made === undefined || mounts.has(path)) return
  mounts.set(path, { path, plugin, accessor: made.accessor })
  mountsOf.set(plugin, [...(mountsOf.get(plugin) ?? []), path])
  for (const node of nodes) mates.look(node, path)
}

function orderedMounts({ mounts }: LiveState): OrderedMounts {
  const pluginOf = new Map(mounts.map(({ path, plugin }) => [path, plugin]))
  const following = new Set(
    mounts.flatMap(({ plugin, configured_version }) =>
      configured_version === LATEST ? plugin : [],
    ),
  )
  return {
    pluginOf: (mount) => pluginOf.get(mount),
    followsLatest: (plugin) => following.has(plugin),
  }
}

function reloadedLate(mount: MountPath, { action }: Step): RehearsalFault {
  return { kind: 'late-standby', mount, ...(action.kind === 'reload' && { node: action.node }) }
}
