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

/** An entry as a run wrote it, or found it before it did. */
export interface KnownEntry {
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
  readonly replaced: readonly KnownEntry[]
  /** What was registered, with what only its registration says; the newest first. */
  readonly registered: readonly KnownEntry[]
  readonly unreloaded: readonly UnreloadedEntry[]
  /** The versions that a mount was found configured for, or was reloaded to. */
  readonly ran: ReadonlyMap<MountPath, ReadonlySet<Version>>
}

export const NO_PAST: Past = { replaced: [], registered: [], unreloaded: [], ran: new Map() }

/** The newest entry of that name that held this binary; undefined where no run replaced one. */
export function findReplaced(
  past: Past,
  plugin: PluginId,
  version: Version,
  sha256: Sha256,
): KnownEntry | undefined {
  return past.replaced.find(
    (one) => one.plugin === plugin && one.version === version && one.entry.sha256 === sha256,
  )
}

/**
 * The names of the environment that an entry was last registered with. Undefined where no journal
 * of this machine has its registration: no server tells.
 */
export function environmentOfEntry(
  { registered }: Pick<Past, 'registered'>,
  at: Pick<KnownEntry, 'plugin' | 'version' | 'entry'>,
): readonly EnvironmentName[] | undefined {
  return registered.find(
    ({ plugin, version, entry }) =>
      plugin === at.plugin && version === at.version && sameEntry(entry, at.entry),
  )?.env
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
