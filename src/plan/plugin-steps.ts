/**
 * One plugin's steps in order: what all its mounts need first, then the canary alone, then the
 * other mounts together, standbys before the active node, and what it retires apart, for the end.
 */
import type { DesiredPlugin } from '../domain/desired.ts'
import { highestVersion } from '../domain/latest.ts'
import { type LiveIndex, reloadOrder } from '../domain/live-index.ts'
import { LATEST, type Version } from '../domain/names.ts'
import { batchSteps } from './batches.ts'
import { deregisterStep } from './deregister.ts'
import { addEarlierRunUndo } from './earlier-run-undo.ts'
import { enableStep } from './enable.ts'
import { type EntryChanges, findEntryChanges } from './entry-changes.ts'
import { type Block, oneByOne } from './order.ts'
import { type PlanningContext, planMountChanges } from './mount-changes.ts'
import { type Registration, registerStep } from './register.ts'
import type { MountChange } from './reload.ts'
import { repointStep } from './repoint.ts'
import { entrySubject, type UnorderedStep } from './steps.ts'
import type { MountTarget, Targets } from './targets.ts'
import { tuneToLatestStep } from './tune.ts'

export interface PluginSteps {
  /** Entries under versions that no mount runs yet; beside those of the other plugins. */
  readonly registrations: readonly Block[]
  /** After the moves of the plugin before. */
  readonly moves: readonly Block[]
  /** When every plugin's moves are done; beside those of the other plugins. */
  readonly retirements: readonly Block[]
  /** New mounts that follow `latest`, when every version to retire is gone. */
  readonly lastMounts: readonly Block[]
}

const NOTHING: PluginSteps = { registrations: [], moves: [], retirements: [], lastMounts: [] }

/** One plugin's steps, in the order they are carried out; none where all is as it should be. */
export function planPlugin(
  plugin: DesiredPlugin,
  targets: Targets,
  known: PlanningContext,
): PluginSteps {
  if (targets.impossible.some(({ kind }) => kind === 'not-overridable')) return NOTHING
  const changes = findEntryChanges(plugin, targets, known)
  const { added, byThen, reverted } = changes
  const register = (one: Registration, group: string): UnorderedStep =>
    registerStep(plugin, one, group, usersOf(one.version.version, targets), reloadOrder(known.live))
  const lowered = targets.mounts.filter((target) => isLowered(target, plugin, known.index))
  const madeLast = targets.newMounts.filter((fresh) => isLowered(fresh, plugin, known.index))
  const made = targets.newMounts.filter((fresh) => !madeLast.includes(fresh))
  const onTheWay = {
    ...targets,
    mounts: targets.mounts.map((target) =>
      lowered.includes(target) ? { ...target, configured: target.version } : target,
    ),
  }
  const repointed =
    known.index.pinOf(plugin.id) === undefined
      ? targets.connections.filter(({ connection, version }) => connection.version !== version)
      : []
  return {
    registrations: entryBlocks(
      added.map((one) => register(one, `register ${plugin.id}`)),
      plugin,
      known.index,
    ),
    moves: [
      ...mountSteps(
        plugin,
        planMountChanges(plugin, onTheWay, changes, known),
        changes,
        known,
        register,
      ),
      ...oneByOne([
        ...repointed.map((target) => repointStep(target, byThen.get(target.version))),
        // A standby of OpenBao can miss mounts that are made at once.
        ...made.map((fresh) => enableStep(fresh, byThen.get(fresh.version), known.live)),
      ]),
    ],
    retirements: [
      ...entryBlocks(
        plugin.retire.flatMap(({ version }) => {
          const entry = known.index.external(plugin.id, version)
          if (entry === undefined || entry === reverted) return []
          return [deregisterStep(entry, `retire ${plugin.id}`, { reverts: false, ...known })]
        }),
        plugin,
        known.index,
      ),
      lowered.map((target) => tuneToLatestStep(target, byThen.get(target.version))),
    ],
    lastMounts: oneByOne(
      madeLast.map((fresh) => enableStep(fresh, byThen.get(fresh.version), known.live)),
    ),
  }
}

/**
 * Steps of a plugin's entries: beside each other, unless a mount follows `latest`. What that mount
 * starts depends on all entries, so each step then has a place of its own in the order.
 */
function entryBlocks(
  steps: readonly UnorderedStep[],
  { id }: DesiredPlugin,
  index: LiveIndex,
): readonly Block[] {
  const follows = index.mountsOf(id).some(({ configured_version }) => configured_version === LATEST)
  return follows ? oneByOne(steps) : [steps]
}

/** The mounts that are there: those whose own entry changes, those that leave a shared one, the rest. */
function mountSteps(
  plugin: DesiredPlugin,
  moves: readonly MountChange[],
  { underMounts, raising, inPlace, reverted, byThen }: EntryChanges,
  known: PlanningContext,
  register: (one: Registration, group: string) => UnorderedStep,
): Block[] {
  const { id } = plugin
  const { checks, requested } = known.past
  const moving = {
    plugin: id,
    live: known.live,
    entries: byThen,
    checks,
    requested: requested.checks,
  }
  const stays = ({ target }: MountChange): boolean =>
    underMounts.some(({ version }) => version.version === target.version)
  const isShared = inPlace !== undefined || reverted !== undefined
  const raised = new Set(raising.map(({ version }) => version.version))
  // The entry they leave is about to be another, or none, and `latest` another version: a restart
  // must not start that for them.
  const leaves = ({ target: { use, mount, configured } }: MountChange): boolean =>
    (isShared && use.kind === 'version') ||
    (raising.length > 0 && mount.configured_version === LATEST && configured !== LATEST)
  const isLeaving = (move: MountChange): boolean =>
    !stays(move) && leaves(move) && !raised.has(move.target.version)
  const leaving = moves.filter(isLeaving)
  const rest = moves.filter((move) => !stays(move) && !isLeaving(move))
  // An entry that all mounts share takes them all back with it: then they are one group.
  const canaryGroup = isShared || raising.length > 0 ? id : `${id} canary`
  return [
    ...underMounts.flatMap((one) => {
      const { version } = one.version
      // Mounts run it: the entry and they go back together.
      const group = entrySubject(id, version)
      const users = moves.filter(({ target }) => target.version === version)
      return [[register(one, group)], ...batchSteps(users, group, group, moving)]
    }),
    ...addEarlierRunUndo(
      batchSteps(leaving, `${id} versioned`, `${id} versioned canary`, moving),
      leaving,
      known,
    ),
    ...(reverted === undefined
      ? []
      : [[deregisterStep(reverted, id, { reverts: true, ...known })]]),
    ...oneByOne(raising.map((one) => register(one, id))),
    ...(inPlace === undefined ? [] : [[register(inPlace, id)]]),
    ...addEarlierRunUndo(batchSteps(rest, id, canaryGroup, moving), rest, known),
  ]
}

/**
 * True of a mount that is to follow `latest` while a higher version is still registered and is to be
 * retired. A process of a version that is gone cannot be started again when it is lost. So the mount
 * runs its version under that version's own name until the higher one is gone, and a new mount is
 * made after that.
 */
function isLowered(
  { configured, version }: Pick<MountTarget, 'configured' | 'version'>,
  { id, retire }: DesiredPlugin,
  index: LiveIndex,
): boolean {
  if (configured !== LATEST) return false
  const retired = retire.filter((one) => index.external(id, one.version) !== undefined)
  return highestVersion([version, ...retired.map((one) => one.version)]) !== version
}

/** How many mounts and connections are to run a version. */
function usersOf(version: Version, { mounts, newMounts, connections }: Targets): number {
  return [...mounts, ...newMounts, ...connections].filter((one) => one.version === version).length
}
