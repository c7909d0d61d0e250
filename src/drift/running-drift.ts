/**
 * Compares what each node runs for a mount with what it should run, by hash: servers copy the
 * running version from the configuration. A difference that all nodes share is reported once.
 */
import type { FoundDifference } from './found-difference.ts'
import type { MountOnNode } from '../domain/live.ts'
import { startedBinaryOf } from '../domain/live-index.ts'
import { BUILTIN, LATEST, UNVERSIONED, versionLabel } from '../domain/names.ts'
import { entrySubject } from '../plan/steps.ts'
import {
  type ComparedMount,
  commonFields,
  type DesiredBinary,
  desiredBinaryOf,
  describeFix,
  type MountComparison,
} from './compared-mount.ts'
import type { Comparison } from './comparison.ts'
import { findUnlisted, isDown, reportDownMount } from './down-drift.ts'
import { onNodes, runningLabel } from './wording.ts'

/** `isMisconfigured`: a difference of what the mount is configured for is reported already. */
export function findRunningDrift(
  compared: ComparedMount,
  isMisconfigured: boolean,
  comparison: Comparison,
): FoundDifference[] {
  const { mount } = compared
  const started = startedBinaryOf(comparison.index, mount)?.sha256
  const desired = desiredBinaryOf(compared, comparison)
  const down = mount.nodes.filter((view) => isDown(view, started))
  const up = down.length === 0 ? mount.nodes : mount.nodes.filter((view) => !isDown(view, started))
  const binaries = new Set(up.map((view) => binaryKey(view, desired)))
  const mountComparison: MountComparison = { compared, comparison, desired, started, up }
  return [
    ...findUnlisted(compared, desired, comparison),
    ...down.map((view) => reportDownMount(mountComparison, view)),
    ...(binaries.size > 1 ? findSkew(mountComparison) : []),
    ...(binaries.size === 1 && !isMisconfigured ? findPending(mountComparison) : []),
  ]
}

/** The compiled-in plugin and an unversioned entry are compared by hash alone. */
function isComparedByHash(desired: DesiredBinary | undefined): boolean {
  return desired === undefined || desired.version === UNVERSIONED || desired.sha256 === BUILTIN
}

/** One binary may be registered under two versions: then only the copied version differs. */
function binaryKey(view: MountOnNode, desired: DesiredBinary | undefined): string {
  return isComparedByHash(desired)
    ? view.running_sha256
    : `${view.running_sha256} ${view.running_version}`
}

function runs(view: MountOnNode, desired: DesiredBinary | undefined): boolean {
  if (desired?.sha256 !== view.running_sha256) return false
  return isComparedByHash(desired) || view.running_version === desired.version
}

/** Nodes differ: one difference for each node that does not run what it should. */
function findSkew(mountComparison: MountComparison): FoundDifference[] {
  const { compared, comparison, desired, started, up } = mountComparison
  // If no node runs what the file says, the nodes that run what is configured are ahead.
  const right =
    up.find((view) => runs(view, desired)) ?? up.find((view) => view.running_sha256 === started)
  const others = up.filter(
    (view) => right === undefined || binaryKey(view, desired) !== binaryKey(right, desired),
  )
  const where = onNodes(up.length - others.length, comparison.serving.length)
  return others.map((view): FoundDifference => {
    if (runsOtherBinary(mountComparison, view))
      return { ...reportOtherBinary(mountComparison, view), node: view.node }
    const cause =
      right === undefined
        ? 'each node runs a different binary, and no node runs the configured one'
        : right.running_sha256 === started
          ? `reloaded ${where}, but not here: the earlier binary runs`
          : view.running_sha256 === started
            ? `reloaded here; ${runningLabel(right)} still runs ${where}`
            : `${runningLabel(right)} runs ${where}, but not here`
    return {
      class: 'node-skew',
      ...commonFields(compared, desired ?? right, view),
      node: view.node,
      cause,
      fix: describeFix(compared, comparison),
    }
  })
}

/** Every node that answers runs the same: one difference for all of them, or none. */
function findPending(mountComparison: MountComparison): FoundDifference[] {
  const { compared, comparison, desired, started, up } = mountComparison
  const [view] = up
  if (view === undefined || desired === undefined || runs(view, desired)) return []
  const pinned = comparison.index.pinOf(compared.plugin.id)
  // The pin is the difference, and is reported for the plugin.
  if (pinned !== undefined && pinned !== desired.version && view.running_sha256 === started) {
    return []
  }
  if (runsOtherBinary(mountComparison, view)) return [reportOtherBinary(mountComparison, view)]
  return [
    {
      class: 'reload-pending',
      ...commonFields(compared, desired, view),
      cause: whyPending(mountComparison, view),
      fix: describeFix(compared, comparison),
    },
  ]
}

function whyPending(
  { compared: { mount, plugin }, comparison: { index, serving }, up }: MountComparison,
  view: MountOnNode,
): string {
  const { configured_version: configured } = mount
  const where = onNodes(up.length, serving.length)
  if (configured === UNVERSIONED) {
    const entry = index.external(plugin.id, UNVERSIONED)
    const changed = entry === undefined ? 'is not in the catalog any more' : 'was registered again'
    return `the unversioned entry ${changed}, and the mount was not reloaded ${where}`
  }
  const started = startedBinaryOf(index, mount)
  const pending =
    configured === LATEST && started !== undefined
      ? `configured for latest, which is ${versionLabel(started.version)}, and not reloaded ${where}`
      : `tuned to ${configured} and not reloaded ${where}`
  if (started === undefined) {
    return `${pending}; ${configured} is not registered: a reload by hand would take the mount down`
  }
  const stillRegistered =
    view.running_sha256 === BUILTIN ||
    index.externals(plugin.id).some((entry) => entry.sha256 === view.running_sha256)
  return stillRegistered ? pending : `${pending}; the running binary is not registered any more`
}

/** True if a node runs another binary under the desired version: a reload alone may not fix that. */
function runsOtherBinary(
  { compared: { plugin }, comparison: { index }, desired }: MountComparison,
  { running_version, running_sha256 }: MountOnNode,
): boolean {
  if (desired === undefined || running_sha256 === desired.sha256) return false
  if (running_sha256 === BUILTIN || desired.sha256 === BUILTIN) return false
  if (desired.version !== UNVERSIONED) return running_version === desired.version
  // All binaries that were ever registered without a version have the same name.
  return index.external(plugin.id, UNVERSIONED)?.sha256 === running_sha256
}

function reportOtherBinary(
  { compared, comparison, desired }: MountComparison,
  view: MountOnNode,
): FoundDifference {
  const version = desired?.version ?? view.running_version
  const registered = comparison.index.external(compared.plugin.id, version)?.sha256
  const name = version === UNVERSIONED ? 'without a version' : `under ${version}`
  return {
    class: 'hash-differs',
    ...commonFields(compared, desired, view),
    cause:
      registered === undefined
        ? `runs another binary than the file lists ${name}; nothing is registered ${name}`
        : registered === view.running_sha256
          ? `runs the binary that is registered ${name}; the file lists another one`
          : `runs another binary than the one registered ${name}: not reloaded since the registration`,
    fix:
      version !== UNVERSIONED && registered !== undefined && registered !== desired?.sha256
        ? `fix ${entrySubject(compared.plugin.id, version)} first; then ${describeFix(compared, comparison)}`
        : describeFix(compared, comparison),
  }
}
