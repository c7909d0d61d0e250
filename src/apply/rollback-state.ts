/**
 * The desired state that returns to where a run began, from its journal: what it found of all it
 * changed. Pure. What cannot be returned to is said, and what the plan cannot bring about it says.
 */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import type { Entry } from '../documents/plan.generated.ts'
import type {
  DesiredConnection,
  DesiredMount,
  DesiredPlugin,
  DesiredState,
  DesiredVersion,
  EnvironmentVariable,
  Source,
  Use,
} from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import {
  compareText,
  isBuiltinVersion,
  NO_SHA256,
  type PluginId,
  type Sha256,
  UNVERSIONED,
  type Version,
  versionLabel,
} from '../domain/names.ts'
import { indexLive } from '../domain/live-index.ts'
import { nameSome } from '../domain/name-some.ts'
import { environmentOfEntry, type Past } from '../plan/past.ts'
import { contentOf, sameEntry } from '../plan/steps.ts'
import { beginningOf, type LostBeginning } from './half-way.ts'
import { pastOf } from './past-runs.ts'

export interface RollbackSources {
  readonly started: RunStarted
  /** The journals of the cluster, the oldest first: how an entry was registered once. */
  readonly runs: readonly (readonly JournalEvent[])[]
  readonly live: LiveState
  /** What `-f` gave: declarations about data, environment, canaries, verifications, the lock. */
  readonly file: DesiredState | undefined
}

export interface RollbackState {
  readonly desired: DesiredState
  /** What will not be as it was, one sentence each. */
  readonly notes: readonly string[]
  /** What no plan can return to: then there is no way back to where the run began. */
  readonly lost: readonly LostBeginning[]
}

/**
 * The desired state that a run began with. What the journals do not hold, as a mount that cannot
 * be unmade, is said in `notes`.
 */
export function rollbackState(sources: RollbackSources): RollbackState {
  const { started, runs, file } = sources
  const { before } = started
  const notes: string[] = []
  const ids = new Set<PluginId>(
    [...before.entries, ...before.mounts, ...before.connections].map(({ plugin }) => plugin),
  )
  const made = before.mounts.filter(({ version }) => version === null)
  for (const { mount } of made) {
    notes.push(`${mount} was mounted by that run and stays: nothing is ever unmounted.`)
  }
  const lock = started.cluster.lock
  const known = { ...sources, past: pastOf(runs) }
  const plugins = [...ids].sort(compareText).map((id) => pluginBefore(id, known, notes))
  const listed = new Set(
    plugins.flatMap(({ id, versions }) => versions.map(({ version }) => `${id} ${version}`)),
  )
  /** What nobody can register again is left as it is. */
  const canUse = (plugin: PluginId, use: Use): boolean =>
    use.kind !== 'version' || listed.has(`${plugin} ${use.version}`)
  const mounts = mountsBefore(sources, plugins, notes)
  return {
    notes,
    lost: mounts.lost,
    desired: {
      cluster: {
        ...(lock !== undefined && { lock: { kv: lock, source: sourceOf(started) } }),
        ...file?.cluster,
      },
      plugins,
      mounts: mounts.desired
        .filter(({ plugin, use }) => use === undefined || canUse(plugin, use.value))
        .sort((a, b) => compareText(a.path, b.path)),
      connections: before.connections
        .map(({ connection, plugin, version }): DesiredConnection => {
          const source = sourceOf(started)
          const value: Use = useOf(version)
          return { path: connection, plugin, use: { value, source }, source }
        })
        .filter(({ plugin, use }) => use === undefined || canUse(plugin, use.value))
        .sort((a, b) => compareText(a.path, b.path)),
      allow: file?.allow ?? [],
      ignore: [],
    },
  }
}

/** Findings point at the journal's first line. */
function sourceOf({ run }: RunStarted): Source {
  return { file: `${run}.jsonl`, line: 1, column: 1 }
}

function useOf(version: Version): Use {
  if (version === UNVERSIONED) return { kind: 'unversioned' }
  return isBuiltinVersion(version) ? { kind: 'builtin' } : { kind: 'version', version }
}

interface MountsBefore {
  readonly desired: readonly DesiredMount[]
  readonly lost: readonly LostBeginning[]
}

/** What the run found half way stays as it is, if it still is so. */
function mountsBefore(
  sources: RollbackSources,
  plugins: readonly DesiredPlugin[],
  notes: string[],
): MountsBefore {
  const { before } = sources.started
  const index = indexLive(sources.live)
  const desired: DesiredMount[] = []
  const lost: LostBeginning[] = []
  const standing: string[] = []
  for (const one of before.mounts) {
    for (const mount of mountBefore(one, sources)) {
      const due = startedBy(mount, plugins)
      const beginning =
        due === undefined ? undefined : beginningOf(one, due, index.mountAt(mount.path))
      if (beginning?.kind === 'lost') lost.push(beginning.lost)
      else if (beginning?.kind === 'stands') standing.push(mount.path)
      else desired.push(mount)
    }
  }
  if (standing.length > 0) {
    notes.push(
      `${nameSome(standing)}: half way when that run began, and still as then. No reload brings that about, so that is left as it is.`,
    )
  }
  if (before.mounts.some(({ version, running }) => version !== null && running === undefined)) {
    notes.push(
      'The journal does not say of every mount what ran when that run began: it goes back to what was configured and registered.',
    )
  }
  return { desired, lost }
}

/** Undefined where nobody knows. */
function startedBy(
  { plugin, use }: DesiredMount,
  plugins: readonly DesiredPlugin[],
): Sha256 | undefined {
  if (use === undefined) return undefined
  if (use.value.kind === 'builtin') return NO_SHA256
  const version = use.value.kind === 'version' ? use.value.version : UNVERSIONED
  const versions = plugins.find(({ id }) => id === plugin)?.versions ?? []
  return versions.find((one) => one.version === version)?.sha256
}

function mountBefore(
  { mount, plugin, version }: RunStarted['before']['mounts'][number],
  { started, live, runs, file }: RollbackSources,
): DesiredMount[] {
  if (version === null) return []
  const source = sourceOf(started)
  const unversioned = entryBefore(plugin, UNVERSIONED, { started, live, runs })
  const value = useOf(version)
  const known = file?.mounts.find(({ path }) => path === mount)
  return [
    {
      ...(known ?? { canary: false, verify: [] }),
      path: mount,
      plugin,
      enable: false,
      // Without a version and without such an entry it ran what is compiled in.
      use: {
        value: value.kind === 'unversioned' && unversioned === null ? { kind: 'builtin' } : value,
        source,
      },
      source,
    },
  ]
}

/**
 * Null: nothing was registered under it, or nobody knows what. One that was retired since is in the
 * journal of the run that retired it.
 */
function entryBefore(
  plugin: PluginId,
  version: Version,
  { started, live, runs }: Pick<RollbackSources, 'started' | 'live' | 'runs'>,
): Entry | null {
  const isIt = (one: { readonly plugin: PluginId; readonly version: Version }): boolean =>
    one.plugin === plugin && one.version === version
  const changed = started.before.entries.find(isIt)
  if (changed !== undefined) return changed.entry
  const standing = contentOf(indexLive(live).external(plugin, version))
  // Without a version there may have been none: what an older run found says nothing of this one's.
  if (standing !== undefined || version === UNVERSIONED) return standing ?? null
  const found = runs
    .flat()
    .flatMap((event) => (event.event === 'run_started' ? event.before.entries.filter(isIt) : []))
  return found.findLast(({ entry }) => entry !== null)?.entry ?? null
}

/** With what all the journals say together. */
type Known = RollbackSources & { readonly past: Past }

function pluginBefore(id: PluginId, sources: Known, notes: string[]): DesiredPlugin {
  const { started, live, file } = sources
  const { before } = started
  const source = sourceOf(started)
  const inFile = file?.plugins.find((plugin) => plugin.id === id)
  const kept = new Set<Version>([
    ...before.entries.flatMap(({ plugin, version, entry }) =>
      plugin === id && entry !== null ? version : [],
    ),
    ...[...before.mounts, ...before.connections].flatMap(({ plugin, version }) =>
      plugin === id && version !== null && !isBuiltinVersion(version) ? version : [],
    ),
  ])
  const versions = [...kept].flatMap((version): DesiredVersion[] => {
    const entry = entryBefore(id, version, sources)
    const declared = inFile?.versions.find((one) => one.version === version)
    if (entry === null) {
      if (version === UNVERSIONED) return []
      if (declared === undefined) notes.push(unknownEntry(id, version))
      return declared === undefined ? [] : [declared]
    }
    const same = declared?.sha256 === entry.sha256 ? declared : undefined
    const env = same?.env ?? environmentOf(id, version, entry, sources, notes)
    return [{ version, ...entry, env, data: same?.data ?? {}, source: same?.source ?? source }]
  })
  // What the newer versions say of their data decides whether the older ones may have it; and what
  // the file lists stays registered.
  const newer = (inFile?.versions ?? []).filter(
    ({ version }) => version !== UNVERSIONED && !kept.has(version),
  )
  const listed = new Set(newer.map(({ version }) => version))
  const registered = registeredBy(id, sources)
  for (const version of registered) {
    if (listed.has(version)) notes.push(`${id} ${version} stays registered: the file lists it.`)
  }
  const index = indexLive(live)
  const standing = newer.filter(({ version }) => index.external(id, version) !== undefined)
  return {
    id,
    overridesBuiltin: index.isBuiltin(id),
    versions: [...versions, ...standing].sort((a, b) => compareText(a.version, b.version)),
    retire: registered
      .filter((version) => !listed.has(version))
      .map((version) => ({ version, source })),
    source: inFile?.source ?? source,
  }
}

function unknownEntry(id: PluginId, version: Version): string {
  return `${id} ${versionLabel(version)} is registered no more, and no journal of this machine says what it was: what ran it stays as it is. Give a file that lists it with -f.`
}

/** What the run registered anew; not what a mount that it made, and that stays, runs. */
function registeredBy(id: PluginId, { started, live }: RollbackSources): Version[] {
  const { before } = started
  const made = new Set<string>(
    before.mounts.flatMap(({ mount, version }) => (version === null ? mount : [])),
  )
  const inUse = new Set<Version>(
    live.mounts.flatMap((mount) =>
      mount.plugin === id && made.has(mount.path) ? mount.configured_version : [],
    ),
  )
  return before.entries.flatMap(({ plugin, version, entry }) =>
    plugin === id && entry === null && !inUse.has(version) ? version : [],
  )
}

/** How the entry was registered by an earlier run; servers never tell its environment. */
function environmentOf(
  id: PluginId,
  version: Version,
  entry: Entry,
  { past, live }: Known,
  notes: string[],
): EnvironmentVariable[] {
  const standing = contentOf(indexLive(live).external(id, version))
  if (standing !== undefined && sameEntry(standing, entry)) return []
  const names = environmentOfEntry(past, { plugin: id, version, entry })
  if (names === undefined) {
    notes.push(
      `${id} ${versionLabel(version)} is registered again without an environment: no journal of this machine says whether it had one. If it had, give a file that says it with -f.`,
    )
    return []
  }
  return names.flatMap(({ name, from }) => {
    if (from !== undefined) return { name, from }
    notes.push(
      `${id} ${versionLabel(version)} had ${name} in its environment, whose value was written in a file: give that file with -f.`,
    )
    return []
  })
}
