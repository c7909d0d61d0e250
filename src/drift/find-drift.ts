/**
 * Compares desired state and live state: where the cluster differs, why, and how to fix it. Pure.
 * Only what the file names can drift. Two ways to write the same (`0.16.2` and `v0.16.2`, absent
 * and empty arguments) are no difference.
 */
import type { Difference, DriftReport } from '../documents/drift.generated.ts'
import type { DesiredPlugin, DesiredState } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import { compareText } from '../domain/names.ts'
import { indexLive } from '../domain/live-index.ts'
import { NO_PAST, type Past } from '../plan/past.ts'
import { findAllTargets } from '../plan/targets.ts'
import { type Comparison, compareStates, writtenAt } from './comparison.ts'
import { findConnectionDrift } from './connection-drift.ts'
import { findEntryDrift } from './entry-drift.ts'
import { countDifferences } from './count-differences.ts'
import {
  completeDifference,
  fingerprintOf,
  type FoundDifference,
  identifyNode,
} from './found-difference.ts'
import { findUnusedIgnores, separateIgnored } from './ignore.ts'
import { findMissing } from './missing-drift.ts'
import { findMountDrift } from './mount-drift.ts'
import { findPinDrift } from './pin-drift.ts'
import { findUnmanaged } from './unmanaged.ts'
import { findUnreadable } from './unreadable.ts'

export interface DriftQuestion {
  /** An ISO date, to compare with the `until` of each `ignore`. */
  readonly today: string
  /** The command that applies the same file to the same cluster, for a shell. */
  readonly apply: string
  /** What the journals of this machine say. */
  readonly past?: Past
}

/** A report without what only its maker knows: when it was made, and what runs there are. */
export type DriftFindings = Omit<
  DriftReport,
  'checked_at' | 'duration' | 'readings' | 'run_under_way' | 'known_runs'
>

/** Sorted by plugin, mount and subject. `in_sync`: nothing differs, and everything could be read. */
export function findDrift(
  desired: DesiredState,
  live: LiveState,
  { today, apply, past = NO_PAST }: DriftQuestion,
): DriftFindings {
  const index = indexLive(live)
  const comparison = compareStates(live, index, { apply, past })
  const found = findAllTargets(desired, index).flatMap((ofPlugin) => [
    ...findNotOverridable(ofPlugin.plugin, ofPlugin.targets.impossible, comparison),
    ...findPinDrift(ofPlugin.plugin, ofPlugin.targets, comparison),
    ...findEntryDrift(ofPlugin.plugin, comparison),
    ...findMountDrift(ofPlugin, comparison),
    ...findConnectionDrift(ofPlugin, comparison),
    ...findMissing(ofPlugin, comparison),
  ])
  const nodes = live.nodes.map(identifyNode)
  const complete = (differences: readonly FoundDifference[]): Difference[] =>
    differences.map(completeDifference(nodes)).sort(compareDifferences)
  const splitIgnored = (differences: readonly Difference[]) =>
    separateIgnored(differences, desired.ignore, today)
  const differing = complete(found)
  const unread = complete(findUnreadable(desired, comparison))
  const foreign = complete(findUnmanaged(desired, comparison))
  const differences = splitIgnored(differing)
  const unreadable = splitIgnored(unread)
  const unmanaged = splitIgnored(foreign)
  const { cluster, product, server_version } = live
  const ignored = [...differences.ignored, ...unreadable.ignored, ...unmanaged.ignored]
  const all = [...differing, ...unread, ...foreign]
  const shown = {
    differences: differences.kept,
    unconfirmed: [],
    unreadable: unreadable.kept,
    ignored,
    unused_ignores: findUnusedIgnores(all, desired.ignore, today),
    unmanaged: unmanaged.kept,
  }
  return {
    format: 1,
    cluster: { id: cluster.id, name: cluster.name, product, server_version, nodes },
    in_sync: differences.kept.length === 0 && unreadable.kept.length === 0,
    complete: unreadable.kept.length === 0,
    fingerprint: fingerprintOf([...differences.kept, ...unreadable.kept]),
    counts: countDifferences(shown),
    ...shown,
  }
}

/** Servers run some compiled-in plugins whatever is registered under their names. */
function findNotOverridable(
  plugin: DesiredPlugin,
  impossible: readonly { readonly kind: string }[],
  { index }: Comparison,
): FoundDifference[] {
  if (!impossible.some(({ kind }) => kind === 'not-overridable')) return []
  const version = index.builtinVersion(plugin.id)
  return [
    {
      class: 'not-overridden',
      subject: plugin.id,
      plugin: plugin.id,
      desired: 'an external plugin',
      found: version === undefined ? 'builtin' : `builtin ${version}`,
      cause: 'the server runs its builtin of this name whatever is registered or configured',
      fix: 'register the plugin under another name, and mount it under that name',
      ...writtenAt(plugin.source),
    },
  ]
}

function compareDifferences(a: Difference, b: Difference): number {
  return (
    compareText(a.plugin ?? '', b.plugin ?? '') ||
    compareText(a.mount ?? '', b.mount ?? '') ||
    compareText(a.subject, b.subject) ||
    compareText(a.class, b.class) ||
    compareText(a.node ?? '', b.node ?? '')
  )
}
