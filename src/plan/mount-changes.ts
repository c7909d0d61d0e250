/** What the steps of a plugin's mounts need to know of each: what changes for it, and its way back. */
import type { DesiredPlugin } from '../domain/desired.ts'
import type { LiveMount, LiveState } from '../domain/live.ts'
import type { LiveIndex } from '../domain/live-index.ts'
import { type RunningBinary, BUILTIN, isSameBinary, UNVERSIONED } from '../domain/names.ts'
import { checkKey } from './checked.ts'
import { rollbackTargetOfEarlierRun } from './earlier-run-undo.ts'
import { type EntryChanges, registrationOf, staysOn } from './entry-changes.ts'
import { isUnreloaded, type Past } from './past.ts'
import type { Registration } from './register.ts'
import type { MountChange } from './reload.ts'
import { contentOf } from './steps.ts'
import type { MountTarget, Targets } from './targets.ts'
import { nodesBehind } from './tune.ts'
import { backTo, canBeStarted, type RollbackTarget, findRollbackTarget } from './rollback-target.ts'

/** What a plugin's steps are planned on. */
export interface PlanningContext {
  readonly live: LiveState
  readonly index: LiveIndex
  readonly past: Past
}

/** One for each mount that can be brought to its target; not every one needs a step. */
export function planMountChanges(
  plugin: DesiredPlugin,
  { mounts }: Targets,
  changes: EntryChanges,
  known: PlanningContext,
): readonly MountChange[] {
  const { index, past } = known
  const pin = index.pinOf(plugin.id)
  // A pin on another version decides what a reload starts: there is no way to the target.
  const movable = mounts.filter(({ version }) => pin === undefined || pin === version)
  return movable.map((target): MountChange => {
    const { mount, configured, version, use } = target
    const registration = registrationOf(changes, version)
    const entry = (use.kind === 'builtin' ? undefined : changes.byThen.get(version)) ?? null
    const at = { plugin: plugin.id, version, entry }
    const back =
      rollBackToEntry(target, registration, index) ??
      // While a pin is in force a tune is refused, and so is the way back.
      (pin === undefined ? rollbackTargetOf(target, changes, known) : undefined)
    return {
      target,
      back: back !== undefined && canBeStarted(back, plugin, known) ? back : undefined,
      tuned: pin === undefined && mount.configured_version !== configured,
      behind: pin === undefined ? nodesBehind(target) : [],
      // One that was gone and is registered again is no change to the process that still runs it.
      entryChanged: (registration?.before ?? null) !== null && use.kind !== 'builtin',
      entry,
      isUnreloaded: (node) =>
        isUnreloaded(past, at, mount.path, node) ||
        past.requested.reloads.has(checkKey(mount.path, node)),
    }
  })
}

/** Of a mount whose version is registered otherwise; the unversioned entry takes its mounts back otherwise. */
function rollBackToEntry(
  target: MountTarget,
  registration: Registration | undefined,
  index: LiveIndex,
): RollbackTarget | undefined {
  if (registration === undefined || target.version === UNVERSIONED) return undefined
  const { before } = registration
  if (before === null || before === 'unread' || !staysOn(target, registration, index))
    return undefined
  return { ...target, sha256: before.sha256 }
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
    return sha256 === undefined ? undefined : backTo(UNVERSIONED, sha256)
  }
  if (inPlace === undefined) return rollbackTargetOfEarlierRun(target, index, past)
  if (inPlace.before === 'unread') return undefined
  if (inPlace.before !== null) return rollbackTargetInPlace(target.mount, inPlace.before.sha256)
  return index.isBuiltin(target.mount.plugin) ? backTo(UNVERSIONED, BUILTIN) : undefined
}

/**
 * The entry that stands before the registration, if a node runs it. Registered by hand and reloaded
 * nowhere, it is no way back: nobody has seen the mount come up on it.
 */
function rollbackTargetInPlace(
  { nodes }: LiveMount,
  sha256: RunningBinary,
): RollbackTarget | undefined {
  const up = nodes.filter(({ answers }) => answers !== 'no')
  if (up.length > 0 && !up.some(({ running_sha256 }) => isSameBinary(running_sha256, sha256)))
    return undefined
  return backTo(UNVERSIONED, sha256)
}
