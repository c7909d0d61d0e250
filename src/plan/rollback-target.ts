/**
 * What a mount can be rolled back to when its reload fails: the version it ran, if that can still
 * be tuned to. Without a way back a failed step needs a person.
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
  /** What to tune the mount to; `''` where nothing need be tuned. */
  readonly configured: ConfiguredVersion
  /** The version that is started then, and its binary. */
  readonly version: Version
  readonly sha256: RunningBinary
}

export function backTo(version: Version, sha256: RunningBinary): RollbackTarget {
  return { configured: version, version, sha256 }
}

/**
 * Undefined where there is none: a version cannot be cleared, so a mount that had none can only
 * go back to a version under which the binary it ran is registered too.
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
  // Changed by hand and not reloaded since: what it is configured for is not what it ran.
  const ran = ranEverywhere(mount)
  if (ran !== undefined && ran !== sha256) {
    const back = versionThatRuns(mount, ran, target.version, index)
    if (back !== undefined) return back
  }
  if (sha256 === undefined || before === LATEST) return undefined
  if (before !== UNVERSIONED) return backTo(before, sha256)
  return versionThatRuns(mount, sha256, target.version, index)
}

/**
 * Back to what `latest` came to before this plan. A plan that registers a higher version does so in
 * the group of these mounts, so the version is deregistered before they are reloaded. Undefined where
 * that is not what runs, or where the plan registers nothing: then `latest` stays what it is.
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

/** The one binary that runs wherever the mount answers; undefined where nodes differ. */
function ranEverywhere({ nodes }: LiveMount): RunningBinary | undefined {
  const binaries = nodes.flatMap(({ answers, running_sha256 }) =>
    answers === 'no' ? [] : running_sha256,
  )
  return new Set(binaries).size === 1 ? binaries[0] : undefined
}

/** Tuned already by an earlier run or by hand: what still runs somewhere tells what it was. */
function rollbackTargetOfPending(
  target: MountTarget,
  index: LiveIndex,
): RollbackTarget | undefined {
  const stale = target.mount.nodes.find((view) => view.running_sha256 !== target.sha256)
  if (stale === undefined || target.version === UNVERSIONED) return undefined
  return versionThatRuns(target.mount, stale.running_sha256, target.version, index)
}

/**
 * Moved by a run that ended before its checks were seen to pass: its journal says what it was
 * configured for, and where that is registered still, a check that fails goes back to it.
 */
function rollbackTargetOfOpen(
  { mount, configured: target }: MountTarget,
  index: LiveIndex,
  { beforeOpen }: Pick<Past, 'beforeOpen'>,
): RollbackTarget | undefined {
  const version = beforeOpen.get(mount.path)
  if (version === undefined || version === UNVERSIONED || version === target) return undefined
  // What `latest` came to then is not what it comes to now.
  if (version === LATEST) return undefined
  if (isBuiltinVersion(version) && index.mayDoubleNamespaces) return undefined
  const sha256 = runsUnder(index, mount.plugin, version)
  return sha256 === undefined ? undefined : backTo(version, sha256)
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
      : backTo(version, sha256)
  }
  const entry = index.externals(mount.plugin).find(({ version, sha256: registered }) => {
    const usable = version !== UNVERSIONED && version !== except && !isBuiltinVersion(version)
    return usable && registered === sha256
  })
  return entry === undefined ? undefined : backTo(entry.version, sha256)
}

/**
 * True where the file gives an entry's command another hash. A name in the plugin directory is one
 * file: then the entry's own binary is gone from there or goes, and nothing starts it again.
 */
export function isOverwritten(
  { versions }: DesiredPlugin,
  { command, sha256 }: { readonly command: string; readonly sha256: RunningBinary },
): boolean {
  return versions.some(
    (version) => version.command === command && isOtherBinary(version.sha256, sha256),
  )
}

/** Whether what a way back leads to can still be started, as far as its command is known. */
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
