/**
 * Compares what a mount is configured for with the file: at most one difference for each mount.
 * This is about what a reload would start. `running-drift.ts` is about what runs.
 */
import type { FoundDifference } from './found-difference.ts'
import type { Use } from '../domain/desired.ts'
import { unreachable } from '../domain/errors.ts'
import { isBuiltinVersion, BUILTIN, LATEST, UNVERSIONED } from '../domain/names.ts'
import { startedBinaryOf, runsUnder } from '../domain/live-index.ts'
import { isOverridable } from '../domain/overridable.ts'
import type { ComparedMount } from './compared-mount.ts'
import { type Comparison, keptVersion, describeVersionFix, writtenAt } from './comparison.ts'
import { configuredLabel, describeImpossible } from './wording.ts'

type DifferenceDetails = Pick<FoundDifference, 'class' | 'cause' | 'fix'> & {
  readonly found?: string
}

/** The difference of a mount’s configured version. Undefined if it is in sync. */
export function findConfigurationDrift(
  compared: ComparedMount,
  comparison: Comparison,
): FoundDifference | undefined {
  const { mount, plugin, use } = compared
  const details = judge(compared, comparison)
  if (details === undefined) return undefined
  return {
    class: details.class,
    subject: mount.path,
    mount: mount.path,
    plugin: plugin.id,
    desired: use === undefined ? 'a registered version' : useLabel(use.value),
    found: details.found ?? configuredLabel(mount.configured_version),
    cause: details.cause,
    fix: details.fix,
    ...writtenAt(use?.source ?? plugin.source),
  }
}

/**
 * Nodes that list another configured version for the mount than the active node. A standby of
 * OpenBao that was down during a tune may list the old version until the same tune is sent again
 * (2.7.2).
 */
export function findMissedTunes(
  { mount, plugin, use, target }: ComparedMount,
  { apply }: Comparison,
): FoundDifference[] {
  const configured = mount.configured_version
  return mount.nodes
    .filter((view) => view.configured_version !== configured)
    .map((view) => ({
      class: 'version-differs',
      subject: mount.path,
      mount: mount.path,
      plugin: plugin.id,
      node: view.node,
      desired: configuredLabel(configured),
      found: configuredLabel(view.configured_version),
      cause: `the node missed the tune to ${configuredLabel(configured)}, which the active node has`,
      fix:
        target === undefined
          ? `tune ${mount.path} to ${configured} again: the second tune reaches the node`
          : `${apply} tunes it again`,
      ...writtenAt(use?.source ?? plugin.source),
    }))
}

function judge(compared: ComparedMount, comparison: Comparison): DifferenceDetails | undefined {
  const { mount, plugin, use, target } = compared
  // The servers run the builtin of such a name whatever its mounts are configured for.
  if (!isOverridable(plugin.id)) return undefined
  const impossible = judgeImpossible(compared)
  if (impossible !== undefined) return impossible
  const configured = mount.configured_version
  const registered = runsUnder(comparison.index, plugin.id, configured)
  if (registered === undefined) {
    // Reported once, for the entry, and not again for each mount that would run it.
    const isAsDesired = target === undefined || target.configured === configured
    return isAsDesired && configured !== LATEST && keptVersion(plugin, configured) !== undefined
      ? undefined
      : unregistered(compared, comparison)
  }
  if (use === undefined || target === undefined) return undefined
  if (target.configured !== configured) {
    const fix = describeVersionFix(plugin.id, comparison)
    const cause = `configured for ${configuredLabel(configured)}${describeRunning(compared, comparison)}`
    return { class: versionClass(use.value, registered), cause, fix }
  }
  if (use.value.kind === 'builtin' && registered !== BUILTIN) {
    return {
      class: 'overridden',
      found: 'unversioned, external',
      cause: 'an unversioned entry hides the builtin of this name',
      fix: comparison.apply,
    }
  }
  if (use.value.kind === 'unversioned' && registered === BUILTIN) {
    return {
      class: 'not-overridden',
      found: 'builtin',
      cause: 'no unversioned entry is registered, so the builtin of this name runs',
      fix: comparison.apply,
    }
  }
  return undefined
}

function versionClass(use: Use, registered: string): DifferenceDetails['class'] {
  const toBuiltin = use.kind === 'builtin'
  const isExternal = registered !== BUILTIN
  if (toBuiltin === isExternal) return toBuiltin ? 'overridden' : 'not-overridden'
  return 'version-differs'
}

function judgeImpossible({
  mount,
  plugin,
  impossible,
}: ComparedMount): DifferenceDetails | undefined {
  if (impossible === undefined) return undefined
  const { path, configured_version: configured } = mount
  const reason = describeImpossible(impossible, { path, configured, plugin: plugin.id })
  switch (impossible) {
    case 'unversioned-unreachable':
      return {
        class: isBuiltinVersion(configured) ? 'not-overridden' : 'version-differs',
        ...reason,
      }
    case 'builtin-hidden': {
      const found = `${configuredLabel(configured)}, and an external unversioned entry`
      return { class: 'overridden', found, ...reason }
    }
    case 'builtin-unknown':
      return { class: 'overridden', ...reason }
    case 'latest-unavailable':
      return { class: 'version-differs', ...reason }
    default:
      return unreachable(impossible)
  }
}

function unregistered(
  { mount, use, plugin }: ComparedMount,
  comparison: Comparison,
): DifferenceDetails {
  const { apply, index } = comparison
  const pinned = index.pinOf(plugin.id)
  const goesDown = 'the mount goes down at its next reload, restart or change of leader'
  const configured = mount.configured_version
  const what = configured === UNVERSIONED ? 'without a version' : `for ${configured}`
  const listed =
    configured === UNVERSIONED ? 'unversioned' : configured === LATEST ? 'a version' : configured
  return {
    class: 'not-registered',
    found: `${configuredLabel(configured)}, not registered`,
    cause: `configured ${what}, which is not in the catalog: ${pinned === undefined ? goesDown : `the pin starts ${pinned} instead, and once it is removed ${goesDown}`}`,
    fix:
      use === undefined
        ? `list ${listed} under \`versions\` of ${plugin.id}, or set \`use\` for the mount; then ${apply}`
        : describeVersionFix(plugin.id, comparison),
  }
}

/** Whether the configuration has taken effect. It does so on each node at a reload or restart. */
function describeRunning({ mount, target }: ComparedMount, { index }: Comparison): string {
  const views = mount.nodes.filter(({ answers }) => answers !== 'no')
  const started = startedBinaryOf(index, mount)?.sha256
  if (target === undefined || views.length === 0 || started === target.sha256) return ''
  if (views.every((view) => view.running_sha256 === started)) return ', and runs it'
  if (views.every((view) => view.running_sha256 === target.sha256)) {
    return ', but not reloaded: until its next restart the mount still runs what the file says'
  }
  return ''
}

function useLabel(use: Use): string {
  return use.kind === 'version' ? use.version : use.kind
}
