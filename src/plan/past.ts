/**
 * What earlier runs from this machine know and no server says: what an entry held before it was
 * replaced, and which mounts were not reloaded after it was. Empty where there is no journal.
 */
import type { Entry, EnvironmentName } from '../documents/plan.generated.ts'
import {
  type MountPath,
  type NodeAddress,
  type PluginId,
  type Sha256,
  type Version,
} from '../domain/names.ts'
import { sameEntry } from './steps.ts'

export interface ReplacedEntry {
  readonly plugin: PluginId
  readonly version: Version
  readonly entry: Entry
  readonly env: readonly EnvironmentName[]
}

/** An entry that was written over one of the same hash: only the journal knows who must reload. */
export interface UnreloadedEntry {
  readonly plugin: PluginId
  readonly version: Version
  /** What was written. */
  readonly entry: Entry
  /** The mounts that ran what was there before. */
  readonly mounts: ReadonlySet<MountPath>
  /** `mount node` of those that were reloaded since. */
  readonly reloaded: ReadonlySet<string>
}

export interface Past {
  /** The newest first. */
  readonly replaced: readonly ReplacedEntry[]
  readonly unreloaded: readonly UnreloadedEntry[]
}

export const NO_PAST: Past = { replaced: [], unreloaded: [] }

/** The newest entry of that name that held this binary; undefined where no run replaced one. */
export function findReplaced(
  past: Past,
  plugin: PluginId,
  version: Version,
  sha256: Sha256,
): ReplacedEntry | undefined {
  return past.replaced.find(
    (one) => one.plugin === plugin && one.version === version && one.entry.sha256 === sha256,
  )
}

/** True where a mount's process on a node is older than the entry that stands now. */
export function isUnreloaded(
  past: Past,
  at: { readonly plugin: PluginId; readonly version: Version; readonly entry: Entry | null },
  mount: MountPath,
  node: NodeAddress,
): boolean {
  const { plugin, version, entry } = at
  return past.unreloaded.some(
    (one) =>
      one.plugin === plugin &&
      one.version === version &&
      entry !== null &&
      sameEntry(one.entry, entry) &&
      one.mounts.has(mount) &&
      !one.reloaded.has(`${mount} ${node}`),
  )
}
