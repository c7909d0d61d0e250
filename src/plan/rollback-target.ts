/**
 * Finds the version that a mount can be rolled back to if its reload fails: the version that it
 * ran, if the mount can still be tuned to it. Without one, a failed step needs a person.
 */
import type { DesiredPlugin } from '../domain/desired.ts'
import type { LiveMount } from '../domain/live.ts'
import {
  type RunningBinary,
  BUILTIN,
  type ConfiguredVersion,
  isBuiltinVersion,
  isOtherBinary,
  LATEST,
  UNVERSIONED,
  type Version,
} from '../domain/names.ts'
import { type LiveIndex, runsUnder } from '../domain/live-index.ts'
import { findReplaced, type Past } from './past.ts'
import type { MountTarget } from './targets.ts'

export interface RollbackTarget {
  /** The version to tune the mount to. `''` if no tune is needed. */
  readonly configured: ConfiguredVersion
  /** The version that a reload then starts, and its binary. */
  readonly version: Version
  readonly sha256: RunningBinary
}

/** The rollback target that tunes a mount to `version`, which has this binary. */
export function rollbackTo(version: Version, sha256: RunningBinary): RollbackTarget {
  return { configured: version, version, sha256 }
}

/**
 * Undefined if there is none. A version cannot be cleared, so a mount that had no version can only
 * be rolled back to a version whose entry has the same binary.
 */
export function findRollbackTarget(
  target: MountTarget,
  index: LiveIndex,
  past: Pick<Past, 'beforeOpen'>,
): RollbackTarget | undefined {
  const { mount } = target
  const before = mount.configured_version
  if (before === LATEST) {
    const back = rollbackTargetOfLatest(target, index)
    if (back !== undefined) return back
  }
  if (before === target.configured) {
    return rollbackTargetOfPending(target, index) ?? rollbackTargetOfOpen(target, index, past)
  }
  const sha256 = runsUnder(index, mount.plugin, before)
  // If the mount was tuned by hand and not reloaded, it runs another binary than it is configured
  // for.
  const ran = ranEverywhere(mount)
  if (ran !== undefined && ran !== sha256) {
    const back = versionThatRuns(mount, ran, target.version, index)
    if (back !== undefined) return back
  }
  if (sha256 === undefined || before === LATEST) return undefined
  if (runsNowhere(mount, sha256)) return undefined
  if (before !== UNVERSIONED) return rollbackTo(before, sha256)
  return versionThatRuns(mount, sha256, target.version, index)
}

/**
 * The version that `latest` meant before this plan. A plan that registers a higher version does so
 * in the group of these mounts, so a rollback deregisters that version before it reloads them.
 * Undefined if the mounts run another binary, or if the plan does not change what `latest` means.
 */
function rollbackTargetOfLatest(target: MountTarget, index: LiveIndex): RollbackTarget | undefined {
  const { mount } = target
  const version = index.latestOf(mount.plugin)
  const sha256 = runsUnder(index, mount.plugin, LATEST)
  if (version === undefined || sha256 === undefined) return undefined
  if (target.configured === LATEST && target.version === version) return undefined
  const ran = ranEverywhere(mount)
  if (ran !== undefined && ran !== sha256) return undefined
  return { configured: LATEST, version, sha256 }
}

/**
 * True if each node on which the mount answers runs another binary. Then the binary is no rollback
 * target: it is unknown whether the mount starts with it.
 */
export function runsNowhere({ nodes }: LiveMount, sha256: RunningBinary): boolean {
  const up = nodes.filter(({ answers }) => answers !== 'no')
  return up.length > 0 && up.every(({ running_sha256 }) => isOtherBinary(running_sha256, sha256))
}

/** The binary that all nodes run on which the mount answers. Undefined if they differ. */
function ranEverywhere({ nodes }: LiveMount): RunningBinary | undefined {
  const binaries = nodes.flatMap(({ answers, running_sha256 }) =>
    answers === 'no' ? [] : running_sha256,
  )
  return new Set(binaries).size === 1 ? binaries[0] : undefined
}

/**
 * For a mount that an earlier run, or a person, tuned already: the old binary, if some node still
 * runs it.
 */
function rollbackTargetOfPending(
  target: MountTarget,
  index: LiveIndex,
): RollbackTarget | undefined {
  const stale = target.mount.nodes.find((view) => view.running_sha256 !== target.sha256)
  if (stale === undefined || target.version === UNVERSIONED) return undefined
  return versionThatRuns(target.mount, stale.running_sha256, target.version, index)
}

/**
 * For a mount that a run changed and did not check: the version that the run's journal says it was
 * configured for, if that is still registered.
 */
function rollbackTargetOfOpen(
  { mount, configured: target }: MountTarget,
  index: LiveIndex,
  { beforeOpen }: Pick<Past, 'beforeOpen'>,
): RollbackTarget | undefined {
  const version = beforeOpen.get(mount.path)
  if (version === undefined || version === UNVERSIONED || version === target) return undefined
  // `latest` may mean another version now than then.
  if (version === LATEST) return undefined
  if (isBuiltinVersion(version) && index.mayDoubleNamespaces) return undefined
  const sha256 = runsUnder(index, mount.plugin, version)
  return sha256 === undefined ? undefined : rollbackTo(version, sha256)
}

function versionThatRuns(
  mount: LiveMount,
  sha256: RunningBinary,
  except: Version,
  index: LiveIndex,
): RollbackTarget | undefined {
  if (sha256 === BUILTIN) {
    if (index.mayDoubleNamespaces) return undefined
    const version = index.builtinVersion(mount.plugin)
    const hidden = index.external(mount.plugin, UNVERSIONED) !== undefined
    return version === undefined || hidden || version === except
      ? undefined
      : rollbackTo(version, sha256)
  }
  const entry = index.externals(mount.plugin).find(({ version, sha256: registered }) => {
    const usable = version !== UNVERSIONED && version !== except && !isBuiltinVersion(version)
    return usable && registered === sha256
  })
  return entry === undefined ? undefined : rollbackTo(entry.version, sha256)
}

/**
 * True if the file gives an entry's command another hash. A name in the plugin directory is one
 * file, so the entry's own binary is or will be replaced there, and nothing can start it again.
 */
export function isOverwritten(
  { versions }: DesiredPlugin,
  { command, sha256 }: { readonly command: string; readonly sha256: RunningBinary },
): boolean {
  return versions.some(
    (version) => version.command === command && isOtherBinary(version.sha256, sha256),
  )
}

/** Whether the binary of a rollback target can still be started, as far as its command is known. */
export function canBeStarted(
  back: RollbackTarget,
  plugin: DesiredPlugin,
  { index, past }: { readonly index: LiveIndex; readonly past: Past },
): boolean {
  const { version, sha256 } = back
  const live = index.external(plugin.id, version)
  const command =
    live?.sha256 === sha256
      ? live.command
      : findReplaced(past, plugin.id, version, sha256)?.entry.command
  return command === undefined || !isOverwritten(plugin, { command, sha256 })
}
