/** Finds for each mount of a plugin what the plan changes and what a rollback restores. */
import type { DesiredPlugin } from '../domain/desired.ts'
import type { LiveMount, LiveState } from '../domain/live.ts'
import type { LiveIndex } from '../domain/live-index.ts'
import {
  type RunningBinary,
  BUILTIN,
  isOtherBinary,
  isSameBinary,
  UNVERSIONED,
} from '../domain/names.ts'
import { checkKey } from './checked.ts'
import { rollbackTargetOfEarlierRun } from './earlier-run-undo.ts'
import { type EntryChanges, registrationOf, staysOn } from './entry-changes.ts'
import { isUnreloaded, type Past } from './past.ts'
import type { Registration } from './register.ts'
import type { MountChange } from './reload.ts'
import { contentOf } from './steps.ts'
import type { MountTarget, Targets } from './targets.ts'
import { nodesBehind } from './tune.ts'
import {
  rollbackTo,
  canBeStarted,
  type RollbackTarget,
  findRollbackTarget,
  runsNowhere,
} from './rollback-target.ts'

/** The inputs that all steps of a plan share. */
export interface PlanningContext {
  readonly live: LiveState
  readonly index: LiveIndex
  readonly past: Past
}

/** The change of each mount that can reach its target. Some need no step. */
export function planMountChanges(
  plugin: DesiredPlugin,
  { mounts }: Targets,
  changes: EntryChanges,
  known: PlanningContext,
): readonly MountChange[] {
  const { index, past } = known
  const pin = index.pinOf(plugin.id)
  // A pin decides what a reload starts. With a pin on another version, the mount cannot reach its
  // target.
  const reachable = mounts.filter(({ version }) => pin === undefined || pin === version)
  return reachable.map((target): MountChange => {
    const { mount, configured, version, use } = target
    const registration = registrationOf(changes, version)
    const entry = (use.kind === 'builtin' ? undefined : changes.entriesAfter.get(version)) ?? null
    const at = { plugin: plugin.id, version, entry }
    const back =
      rollBackToEntry(target, registration, index) ??
      // Servers refuse a tune while a pin is in force, so a rollback cannot tune either.
      (pin === undefined ? rollbackTargetOf(target, changes, known) : undefined)
    return {
      target,
      back:
        back !== undefined &&
        canBeStarted(back, plugin, known) &&
        !isReplacedApart(plugin, target, back)
          ? back
          : undefined,
      tuned: pin === undefined && mount.configured_version !== configured,
      behind: pin === undefined ? nodesBehind(target) : [],
      // If the entry was missing and is registered again, the process that still runs its binary is
      // unchanged.
      entryChanged: (registration?.before ?? null) !== null && use.kind !== 'builtin',
      entry,
      isUnreloaded: (node) =>
        isUnreloaded(past, at, mount.path, node) ||
        past.requested.reloads.has(checkKey(mount.path, node)),
    }
  })
}

/**
 * True if the plan gives the version of the rollback target another binary, for other mounts than
 * this one: a rollback of this mount does not register the old binary again.
 */
function isReplacedApart(
  { versions }: DesiredPlugin,
  { version: target }: MountTarget,
  { version, sha256 }: RollbackTarget,
): boolean {
  if (version === target) return false
  return versions.some(
    (listed) => listed.version === version && isOtherBinary(listed.sha256, sha256),
  )
}

/**
 * The rollback target of a mount whose version gets another entry. Mounts of the unversioned entry
 * are handled by `rollbackTargetOf`.
 */
function rollBackToEntry(
  target: MountTarget,
  registration: Registration | undefined,
  index: LiveIndex,
): RollbackTarget | undefined {
  if (registration === undefined || target.version === UNVERSIONED) return undefined
  const { before } = registration
  if (before === null || before === 'unread' || !staysOn(target, registration, index))
    return undefined
  return runsNowhere(target.mount, before.sha256) ? undefined : { ...target, sha256: before.sha256 }
}

function rollbackTargetOf(
  target: MountTarget,
  { inPlace, reverted }: EntryChanges,
  { index, past }: PlanningContext,
): RollbackTarget | undefined {
  const staysUnversioned =
    target.version === UNVERSIONED && target.mount.configured_version === UNVERSIONED
  if (!staysUnversioned) return findRollbackTarget(target, index, past)
  if (target.use.kind === 'builtin') {
    const sha256 = contentOf(reverted)?.sha256
    return sha256 === undefined ? undefined : rollbackTo(UNVERSIONED, sha256)
  }
  if (inPlace === undefined) return rollbackTargetOfEarlierRun(target, index, past)
  if (inPlace.before === 'unread') return undefined
  if (inPlace.before !== null) return rollbackTargetInPlace(target.mount, inPlace.before.sha256)
  return index.isBuiltin(target.mount.plugin) ? rollbackTo(UNVERSIONED, BUILTIN) : undefined
}

/**
 * The entry before the registration, if a node runs it. An entry that a person registered and no
 * node reloaded is no rollback target: it is unknown whether the mount starts with it.
 */
function rollbackTargetInPlace(
  { nodes }: LiveMount,
  sha256: RunningBinary,
): RollbackTarget | undefined {
  const up = nodes.filter(({ answers }) => answers !== 'no')
  if (up.length > 0 && !up.some(({ running_sha256 }) => isSameBinary(running_sha256, sha256)))
    return undefined
  return rollbackTo(UNVERSIONED, sha256)
}
