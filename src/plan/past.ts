/**
 * What the journals of earlier runs record and no server reports: the content of an entry before it
 * was replaced, and the mounts that were not reloaded after that. Empty if there is no journal.
 */
import type { Entry, EnvironmentName, SeenEntry } from '../documents/plan.generated.ts'
import {
  type ConfiguredVersion,
  type RunningBinary,
  type MountPath,
  type NodeAddress,
  type PluginId,
  type Version,
} from '../domain/names.ts'
import type { CheckRecords } from './checked.ts'
import { sameEntry } from './steps.ts'

/** An entry as a run registered it or found it. */
export interface KnownEntry {
  readonly plugin: PluginId
  readonly version: Version
  readonly entry: Entry
  readonly env: readonly EnvironmentName[]
}

/**
 * The successive entries under one plugin and version, and which of them each process was started
 * from. If the entries have the same binary, no server shows the difference: only the journals
 * know.
 */
export interface WrittenEntry {
  readonly plugin: PluginId
  readonly version: Version
  /**
   * The entry before the first write, then the entry of each write. The last write may not have
   * reached the server.
   */
  readonly entries: readonly Entry[]
  /** The mounts that ran the entry before the first write. */
  readonly mounts: ReadonlySet<MountPath>
  /**
   * By `mount node`, for mounts that were reloaded since: the indexes in `entries` that its process
   * may have been started from. Several if a reload was started and has no end in the journal.
   */
  readonly startedFrom: ReadonlyMap<string, readonly number[]>
}

export interface Past {
  readonly checks: CheckRecords
  /**
   * For mounts with an open check: the version that each was configured for before the first run
   * that left the check open.
   */
  readonly beforeOpen: ReadonlyMap<MountPath, ConfiguredVersion>
  /** The entries that runs replaced, the newest first. */
  readonly replaced: readonly KnownEntry[]
  /** The entries that runs registered, with their environment names. The newest first. */
  readonly registered: readonly KnownEntry[]
  readonly written: readonly WrittenEntry[]
  /** The versions that each mount was configured for or reloaded to, the first one first. */
  readonly ran: ReadonlyMap<MountPath, ReadonlySet<Version>>
  /**
   * The binaries of each plugin's unversioned entry, the first one first. `BUILTIN` stands for a
   * time without such an entry, when the builtin ran.
   */
  readonly unversioned: ReadonlyMap<PluginId, readonly RunningBinary[]>
  readonly requested: Requested
}

/**
 * Steps of a saved plan that only a record could prove done. Another machine may have the record.
 * If this machine has none, the steps are done again. Both sets hold `checkKey`s.
 */
export interface Requested {
  /** Reloads whose effect no server shows and that no journal of this machine records. */
  readonly reloads: ReadonlySet<string>
  /** The mounts that the saved plan reloads or checks, also those whose checks have a record. */
  readonly checks: ReadonlySet<string>
}

export const NOTHING_REQUESTED: Requested = { reloads: new Set(), checks: new Set() }

export const NO_PAST: Past = {
  checks: new Map(),
  beforeOpen: new Map(),
  replaced: [],
  registered: [],
  written: [],
  ran: new Map(),
  unversioned: new Map(),
  requested: NOTHING_REQUESTED,
}

/**
 * The newest replaced entry of this plugin and version with this binary. Undefined if no run
 * replaced one.
 */
export function findReplaced(
  past: Past,
  plugin: PluginId,
  version: Version,
  sha256: RunningBinary,
): KnownEntry | undefined {
  return past.replaced.find(
    (one) => one.plugin === plugin && one.version === version && one.entry.sha256 === sha256,
  )
}

/**
 * The names of the environment that an entry was last registered with. Undefined if no journal of
 * this machine has the registration: no server reports an environment.
 */
export function environmentOfEntry(
  { registered }: Pick<Past, 'registered'>,
  at: { readonly plugin: PluginId; readonly version: Version; readonly entry: SeenEntry },
): readonly EnvironmentName[] | undefined {
  return registered.find(
    ({ plugin, version, entry }) =>
      plugin === at.plugin && version === at.version && sameEntry(entry, at.entry),
  )?.env
}

/**
 * True if a mount's process on a node may have been started from another entry than the registered
 * one.
 */
export function isUnreloaded(
  past: Past,
  at: { readonly plugin: PluginId; readonly version: Version; readonly entry: SeenEntry | null },
  mount: MountPath,
  node: NodeAddress,
): boolean {
  const { plugin, version, entry } = at
  const written = past.written.find((known) => known.plugin === plugin && known.version === version)
  if (entry === null || written?.mounts.has(mount) !== true) return false
  const arrived = arrivedOf(written.entries, entry)
  return (written.startedFrom.get(`${mount} ${node}`) ?? BEFORE_FIRST_WRITE).some((started) =>
    // A reload after a write that did not reach the server started the entry from before that
    // write.
    differsUnseen(arrived[Math.min(started, arrived.length - 1)], entry),
  )
}

/** True if some process may have been started from another entry than the last one written. */
export function mayBeUnreloaded({ entries, startedFrom }: WrittenEntry): boolean {
  const written = entries.at(-1)
  return (
    written !== undefined &&
    [BEFORE_FIRST_WRITE, ...startedFrom.values()]
      .flat()
      .some((started) => differsUnseen(entries[started], written))
  )
}

/** The index in `entries` of a process that was not reloaded since the first write. */
export const BEFORE_FIRST_WRITE: readonly number[] = [0]

/**
 * The entries whose write reached the server: without the last one if it did not. None if another
 * program wrote the registered entry.
 */
function arrivedOf(entries: readonly Entry[], registered: SeenEntry): readonly Entry[] {
  const isRegistered = (entry: Entry | undefined): boolean =>
    entry !== undefined && sameEntry(entry, registered)
  if (isRegistered(entries.at(-1))) return entries
  return isRegistered(entries.at(-2)) ? entries.slice(0, -1) : []
}

/**
 * Whether two entries differ and no server shows it. If their binaries differ, the hash shows it.
 */
function differsUnseen(started: Entry | undefined, entry: SeenEntry): boolean {
  return started?.sha256 === entry.sha256 && !sameEntry(started, entry)
}
