/**
 * What each node runs for a mount, held against what it should, by hash: servers copy the running
 * version from the configuration. A difference that all nodes share is said once.
 */
import type { Difference } from '../documents/drift.generated.ts'
import type { MountOnNode } from '../domain/live.ts'
import { startedBinaryOf } from '../domain/live-index.ts'
import { BUILTIN, LATEST, UNVERSIONED, versionLabel } from '../domain/names.ts'
import { entrySubject } from '../plan/steps.ts'
import {
  type ComparedMount,
  type DesiredBinary,
  describeFix,
  parts,
  desiredBinaryOf,
} from './compared-mount.ts'
import type { Comparison } from './comparison.ts'
import { findUnlisted, isDown, reportDownMount } from './down-drift.ts'
import { onNodes, runningLabel } from './wording.ts'

/** `misconfigured`: something else is said already of what the mount is configured for. */
export function findRunningDrift(
  compared: ComparedMount,
  misconfigured: boolean,
  comparison: Comparison,
): Difference[] {
  const { mount } = compared
  const due = startedBinaryOf(comparison.index, mount)?.sha256
  const wanted = desiredBinaryOf(compared, comparison)
  const down = mount.nodes.filter((view) => isDown(view, due))
  const alive = down.length === 0 ? mount.nodes : mount.nodes.filter((view) => !isDown(view, due))
  const binaries = new Set(alive.map((view) => binaryKey(view, wanted)))
  return [
    ...findUnlisted(compared, wanted, comparison),
    ...down.map((view) => reportDownMount(compared, view, wanted, comparison)),
    ...(binaries.size > 1 ? findSkew(compared, alive, wanted, comparison) : []),
    ...(binaries.size === 1 && !misconfigured
      ? findPending(compared, alive, wanted, comparison)
      : []),
  ]
}

/** The compiled-in plugin and an unversioned entry go by hash alone. */
function tellsByHash(wanted: DesiredBinary | undefined): boolean {
  return wanted === undefined || wanted.version === UNVERSIONED || wanted.sha256 === BUILTIN
}

/** The same binary may stand under two versions: then only the copied version tells. */
function binaryKey(view: MountOnNode, wanted: DesiredBinary | undefined): string {
  return tellsByHash(wanted)
    ? view.running_sha256
    : `${view.running_sha256} ${view.running_version}`
}

function runs(view: MountOnNode, wanted: DesiredBinary | undefined): boolean {
  if (wanted?.sha256 !== view.running_sha256) return false
  return tellsByHash(wanted) || view.running_version === wanted.version
}

/** Nodes differ: those that do not run what they should are named, each for itself. */
function findSkew(
  compared: ComparedMount,
  alive: readonly MountOnNode[],
  wanted: DesiredBinary | undefined,
  comparison: Comparison,
): Difference[] {
  const due = startedBinaryOf(comparison.index, compared.mount)?.sha256
  // Where no node runs what the file says, those that run what is configured are ahead.
  const right =
    alive.find((view) => runs(view, wanted)) ?? alive.find((view) => view.running_sha256 === due)
  const others = alive.filter(
    (view) => right === undefined || binaryKey(view, wanted) !== binaryKey(right, wanted),
  )
  const where = onNodes(alive.length - others.length, comparison.serving.length)
  return others.map((view): Difference => {
    if (isMisnamed(compared, view, wanted, comparison)) {
      return { ...misnamed(compared, view, wanted, comparison), node: view.node }
    }
    const cause =
      right === undefined
        ? 'each node runs another binary, and none what the mount is configured for'
        : right.running_sha256 === due
          ? `reloaded ${where}, and not on this one: it runs the binary from before`
          : view.running_sha256 === due
            ? `reloaded on this one; ${runningLabel(right)} still runs ${where}`
            : `${runningLabel(right)} runs ${where}, and not on this one`
    return {
      class: 'node-skew',
      ...parts(compared, wanted ?? right, view),
      node: view.node,
      cause,
      fix: describeFix(compared, comparison),
    }
  })
}

/** Every node that answers runs the same: one difference for all of them, or none. */
function findPending(
  compared: ComparedMount,
  alive: readonly MountOnNode[],
  wanted: DesiredBinary | undefined,
  comparison: Comparison,
): Difference[] {
  const [view] = alive
  if (view === undefined || wanted === undefined || runs(view, wanted)) return []
  const { mount, plugin } = compared
  const due = startedBinaryOf(comparison.index, mount)?.sha256
  const pinned = comparison.index.pinOf(plugin.id)
  // The pin is what differs, and is said of the plugin.
  if (pinned !== undefined && pinned !== wanted.version && view.running_sha256 === due) return []
  if (isMisnamed(compared, view, wanted, comparison)) {
    return [misnamed(compared, view, wanted, comparison)]
  }
  const where = onNodes(alive.length, comparison.serving.length)
  return [
    {
      class: 'reload-pending',
      ...parts(compared, wanted, view),
      cause: whyPending(compared, view, where, comparison),
      fix: describeFix(compared, comparison),
    },
  ]
}

function whyPending(
  { mount, plugin }: ComparedMount,
  view: MountOnNode,
  where: string,
  comparison: Comparison,
): string {
  const { configured_version: configured } = mount
  const { index } = comparison
  if (configured === UNVERSIONED) {
    const entry = index.external(plugin.id, UNVERSIONED)
    const changed = entry === undefined ? 'is gone from the catalog' : 'was registered again'
    return `the unversioned entry ${changed}, and the mount was not reloaded ${where}`
  }
  const due = startedBinaryOf(index, mount)
  const pending =
    configured === LATEST && due !== undefined
      ? `configured for latest, which is ${versionLabel(due.version)}, and not reloaded ${where}`
      : `tuned to ${configured} and not reloaded ${where}`
  if (due === undefined) {
    return `${pending}; ${configured} is not registered, so that a reload by hand would take it down`
  }
  const stillRegistered =
    view.running_sha256 === BUILTIN ||
    index.externals(plugin.id).some((entry) => entry.sha256 === view.running_sha256)
  return stillRegistered ? pending : `${pending}; the running binary is not registered any more`
}

/**
 * True where a node runs another binary under the very version wanted: it is not behind by a
 * reload, but runs something else of the same name.
 */
function isMisnamed(
  { plugin }: ComparedMount,
  { running_version, running_sha256 }: MountOnNode,
  wanted: DesiredBinary | undefined,
  { index }: Comparison,
): boolean {
  if (wanted === undefined || running_sha256 === wanted.sha256) return false
  if (running_sha256 === BUILTIN || wanted.sha256 === BUILTIN) return false
  if (wanted.version !== UNVERSIONED) return running_version === wanted.version
  // Every binary that was ever registered without a version looks the same by name.
  return index.external(plugin.id, UNVERSIONED)?.sha256 === running_sha256
}

function misnamed(
  compared: ComparedMount,
  view: MountOnNode,
  wanted: DesiredBinary | undefined,
  comparison: Comparison,
): Difference {
  const version = wanted?.version ?? view.running_version
  const registered = comparison.index.external(compared.plugin.id, version)?.sha256
  const name = version === UNVERSIONED ? 'without a version' : `under ${version}`
  return {
    class: 'hash-differs',
    ...parts(compared, wanted, view),
    cause:
      registered === undefined
        ? `runs another binary ${name} than the file has, and none is registered`
        : registered === view.running_sha256
          ? `runs what is registered ${name}, which is not the binary the file has for it`
          : `runs another binary than the one registered ${name}, and was not reloaded since`,
    fix:
      version !== UNVERSIONED && registered !== undefined && registered !== wanted?.sha256
        ? `fix ${entrySubject(compared.plugin.id, version)} first; then ${describeFix(compared, comparison)}`
        : describeFix(compared, comparison),
  }
}
