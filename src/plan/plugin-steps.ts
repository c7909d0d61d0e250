/**
 * Makes the steps of one plugin, in order: what all its mounts need, then the canaries, then the
 * other mounts (standbys before the active node). The retirements are separate, because they come
 * at the end of the plan.
 */
import type { DesiredPlugin } from '../domain/desired.ts'
import { highestVersion } from '../domain/latest.ts'
import { type LiveIndex, reloadOrder } from '../domain/live-index.ts'
import { LATEST, type Version } from '../domain/names.ts'
import { groupSteps } from './group-steps.ts'
import { deregisterStep } from './deregister.ts'
import { addEarlierRunUndo } from './earlier-run-undo.ts'
import { enableStep } from './enable.ts'
import { type EntryChanges, findEntryChanges } from './entry-changes.ts'
import { type Block, sequentialBlocks } from './order.ts'
import { type PlanningContext, planMountChanges } from './mount-changes.ts'
import { type Registration, registerStep } from './register.ts'
import type { MountChange } from './reload.ts'
import { repointStep } from './repoint.ts'
import { entrySubject, type UnorderedStep } from './steps.ts'
import type { MountTarget, Targets } from './targets.ts'
import { tuneToLatestStep } from './tune.ts'

export interface PluginSteps {
  /** Entries under versions that no mount runs yet. In parallel with those of the other plugins. */
  readonly registrations: readonly Block[]
  /**
   * Steps on mounts, and on the entries that they share. After the mount blocks of the previous
   * plugin.
   */
  readonly mountBlocks: readonly Block[]
  /**
   * After the mount blocks of all plugins. In parallel with the retirements of the other plugins.
   */
  readonly retirements: readonly Block[]
  /** New mounts that follow `latest`, after all versions to retire are gone. */
  readonly lastMounts: readonly Block[]
}

const NOTHING: PluginSteps = { registrations: [], mountBlocks: [], retirements: [], lastMounts: [] }

/**
 * The steps of one plugin, in the order in which they are carried out. None if the plugin is in
 * sync.
 */
export function planPlugin(
  plugin: DesiredPlugin,
  targets: Targets,
  known: PlanningContext,
): PluginSteps {
  if (targets.impossible.some(({ kind }) => kind === 'not-overridable')) return NOTHING
  const changes = findEntryChanges(plugin, targets, known)
  const { added, entriesAfter, reverted } = changes
  const register = (registration: Registration, group: string): UnorderedStep =>
    registerStep(
      plugin,
      registration,
      group,
      usersOf(registration.version.version, targets),
      reloadOrder(known.live),
    )
  const tunedToLatest = targets.mounts.filter((target) =>
    waitsForRetirement(target, plugin, known.index),
  )
  const enabledLast = targets.newMounts.filter((fresh) =>
    waitsForRetirement(fresh, plugin, known.index),
  )
  const enabled = targets.newMounts.filter((fresh) => !enabledLast.includes(fresh))
  const intermediate = {
    ...targets,
    mounts: targets.mounts.map((target) =>
      tunedToLatest.includes(target) ? { ...target, configured: target.version } : target,
    ),
  }
  const repointed =
    known.index.pinOf(plugin.id) === undefined
      ? targets.connections.filter(({ connection, version }) => connection.version !== version)
      : []
  return {
    registrations: entryBlocks(
      added.map((registration) => register(registration, `register ${plugin.id}`)),
      plugin,
      known.index,
    ),
    mountBlocks: [
      ...mountSteps(
        plugin,
        planMountChanges(plugin, intermediate, changes, known),
        changes,
        known,
        register,
      ),
      ...sequentialBlocks([
        ...repointed.map((target) => repointStep(target, entriesAfter.get(target.version))),
        // One after another: a standby of OpenBao can miss mounts that are made at the same time.
        ...enabled.map((fresh) => enableStep(fresh, entriesAfter.get(fresh.version), known.live)),
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
      tunedToLatest.map((target) => tuneToLatestStep(target, entriesAfter.get(target.version))),
    ],
    lastMounts: sequentialBlocks(
      enabledLast.map((fresh) => enableStep(fresh, entriesAfter.get(fresh.version), known.live)),
    ),
  }
}

/**
 * The steps of a plugin's entries: in parallel, unless a mount follows `latest`. Which version such
 * a mount starts depends on all entries, so then the steps go one after another.
 */
function entryBlocks(
  steps: readonly UnorderedStep[],
  { id }: DesiredPlugin,
  index: LiveIndex,
): readonly Block[] {
  const follows = index.mountsOf(id).some(({ configured_version }) => configured_version === LATEST)
  return follows ? sequentialBlocks(steps) : [steps]
}

/**
 * The steps of existing mounts: first the mounts whose own entry changes, then those that leave a
 * shared entry, then the others.
 */
function mountSteps(
  plugin: DesiredPlugin,
  changes: readonly MountChange[],
  { underMounts, raising, inPlace, reverted, entriesAfter }: EntryChanges,
  known: PlanningContext,
  register: (registration: Registration, group: string) => UnorderedStep,
): Block[] {
  const { id } = plugin
  const { checks, requested } = known.past
  const context = {
    plugin: id,
    live: known.live,
    entries: entriesAfter,
    checks,
    requested: requested.checks,
  }
  const isUnderMounts = ({ target }: MountChange): boolean =>
    underMounts.some(({ version }) => version.version === target.version)
  const isShared = inPlace !== undefined || reverted !== undefined
  const raised = new Set(raising.map(({ version }) => version.version))
  // The plan changes or removes the entry that these mounts leave, or changes what `latest` means.
  // A restart before their reload must not start that for them, so they leave first.
  const leavesShared = ({ target: { use, mount, configured } }: MountChange): boolean =>
    (isShared && (use.kind === 'version' || use.kind === 'latest')) ||
    (raising.length > 0 && mount.configured_version === LATEST && configured !== LATEST)
  const isLeaving = (change: MountChange): boolean =>
    !isUnderMounts(change) && leavesShared(change) && !raised.has(change.target.version)
  const leaving = changes.filter(isLeaving)
  const rest = changes.filter((change) => !isUnderMounts(change) && !isLeaving(change))
  // The rollback of a shared entry affects all its mounts, so canaries and other mounts are one
  // group.
  const canaryGroup = isShared || raising.length > 0 ? id : `${id} canary`
  return [
    ...underMounts.flatMap((registration) => {
      const { version } = registration.version
      // Mounts run this entry, so the entry and the mounts roll back together.
      const group = entrySubject(id, version)
      const users = changes.filter(({ target }) => target.version === version)
      return [[register(registration, group)], ...groupSteps(users, group, group, context)]
    }),
    ...addEarlierRunUndo(
      groupSteps(leaving, `${id} versioned`, `${id} versioned canary`, context),
      leaving,
      known,
    ),
    ...(reverted === undefined
      ? []
      : [[deregisterStep(reverted, id, { reverts: true, ...known })]]),
    ...sequentialBlocks(raising.map((registration) => register(registration, id))),
    ...(inPlace === undefined ? [] : [[register(inPlace, id)]]),
    ...addEarlierRunUndo(groupSteps(rest, id, canaryGroup, context), rest, known),
  ]
}

/**
 * True if a mount will follow `latest` and a higher version is still registered, to be retired. A
 * lost process of a retired version cannot be started again. So an existing mount runs its version
 * under that version's own name until the higher version is gone, and a new mount is made after
 * that.
 */
function waitsForRetirement(
  { configured, version }: Pick<MountTarget, 'configured' | 'version'>,
  { id, retire }: DesiredPlugin,
  index: LiveIndex,
): boolean {
  if (configured !== LATEST) return false
  const retired = retire.filter(
    (registration) => index.external(id, registration.version) !== undefined,
  )
  return (
    highestVersion([version, ...retired.map((registration) => registration.version)]) !== version
  )
}

/** How many mounts and connections will run a version. */
function usersOf(version: Version, { mounts, newMounts, connections }: Targets): number {
  return [...mounts, ...newMounts, ...connections].filter((target) => target.version === version)
    .length
}
