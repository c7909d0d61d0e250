/**
 * What earlier runs from this machine know and no server says: what an entry held before it was
 * replaced, and which mounts were not reloaded after it was. Empty where there is no journal.
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

/** An entry as a run wrote it, or found it before it did. */
export interface KnownEntry {
  readonly plugin: PluginId
  readonly version: Version
  readonly entry: Entry
  readonly env: readonly EnvironmentName[]
}

/**
 * What stood under one name, one entry after the other, and which of them each process was started
 * from. Where their binaries are the same, no server tells: only who wrote and reloaded them knows.
 */
export interface WrittenEntry {
  readonly plugin: PluginId
  readonly version: Version
  /** What was there before the first write, then what each wrote. The last may not have arrived. */
  readonly entries: readonly Entry[]
  /** The mounts that ran what was there before. */
  readonly mounts: ReadonlySet<MountPath>
  /**
   * By `mount node`, for those reloaded since: which of `entries` its process was started from.
   * Several, where a reload was begun and nothing says how it ended.
   */
  readonly startedFrom: ReadonlyMap<string, readonly number[]>
}

export interface Past {
  readonly checks: CheckRecords
  /**
   * Of mounts with an open check: the version each was configured for before the first run that
   * left it open.
   */
  readonly beforeOpen: ReadonlyMap<MountPath, ConfiguredVersion>
  /** The newest first. */
  readonly replaced: readonly KnownEntry[]
  /** What was registered, with what only its registration says; the newest first. */
  readonly registered: readonly KnownEntry[]
  readonly written: readonly WrittenEntry[]
  /** The versions that a mount was found configured for, or was reloaded to; the first one first. */
  readonly ran: ReadonlyMap<MountPath, ReadonlySet<Version>>
  /**
   * The binaries that stood without a version, the first one first; `BUILTIN` where there was
   * none, so that the compiled-in plugin ran.
   */
  readonly unversioned: ReadonlyMap<PluginId, readonly RunningBinary[]>
  readonly requested: Requested
}

/**
 * What a saved plan names, and what only a record shows to be done. Another machine may have the
 * record: what has none here is done again. Both by `checkKey`.
 */
export interface Requested {
  /** Reloads that no server shows and no journal of this machine has. */
  readonly reloads: ReadonlySet<string>
  /** Mounts that are checked where no journal of this machine says that their checks passed. */
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

/** The newest entry of that name that held this binary; undefined where no run replaced one. */
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
 * The names of the environment that an entry was last registered with. Undefined where no journal
 * of this machine has its registration: no server tells.
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

/** True where a mount's process on a node may have been started from another entry than stands now. */
export function isUnreloaded(
  past: Past,
  at: { readonly plugin: PluginId; readonly version: Version; readonly entry: SeenEntry | null },
  mount: MountPath,
  node: NodeAddress,
): boolean {
  const { plugin, version, entry } = at
  const one = past.written.find((known) => known.plugin === plugin && known.version === version)
  if (entry === null || one?.mounts.has(mount) !== true) return false
  const arrived = arrivedOf(one.entries, entry)
  return (one.startedFrom.get(`${mount} ${node}`) ?? BEFORE_THE_FIRST).some((started) =>
    // What was reloaded after a write that did not arrive was started from what stood there still.
    differsUnseen(arrived[Math.min(started, arrived.length - 1)], entry),
  )
}

/** True where some process may have been started from another entry than was written last. */
export function mayBeUnreloaded({ entries, startedFrom }: WrittenEntry): boolean {
  const written = entries.at(-1)
  return (
    written !== undefined &&
    [BEFORE_THE_FIRST, ...startedFrom.values()]
      .flat()
      .some((started) => differsUnseen(entries[started], written))
  )
}

/** Of a process that was not reloaded since the first write. */
export const BEFORE_THE_FIRST: readonly number[] = [0]

/** All but the last, where that one did not arrive; none, where somebody else wrote what stands. */
function arrivedOf(entries: readonly Entry[], standing: SeenEntry): readonly Entry[] {
  const isStanding = (entry: Entry | undefined): boolean =>
    entry !== undefined && sameEntry(entry, standing)
  if (isStanding(entries.at(-1))) return entries
  return isStanding(entries.at(-2)) ? entries.slice(0, -1) : []
}

/** A process of another binary is told by its hash. */
function differsUnseen(started: Entry | undefined, entry: SeenEntry): boolean {
  return started?.sha256 === entry.sha256 && !sameEntry(started, entry)
}
