/**
 * Finds in the journals of a cluster what the planner must know. Pure. A journal says only what a run
 * started. Whether the change happened, the servers say.
 */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import type { Action, CheckAction, Entry } from '../documents/plan.generated.ts'
import {
  type ConfiguredVersion,
  LATEST,
  type MountPath,
  type PluginId,
  type Version,
} from '../domain/names.ts'
import {
  BEFORE_FIRST_WRITE,
  environmentOfEntry,
  type KnownEntry,
  mayBeUnreloaded,
  NOTHING_REQUESTED,
  type Past,
  type WrittenEntry,
} from '../plan/past.ts'
import { checkKey } from '../plan/checked.ts'
import { binariesInOrder } from './order-binaries.ts'
import { pastChecks } from './past-checks.ts'

export interface KnownRuns {
  /** How many runs were read. */
  readonly count: number
  /** `ended`: false of a run that is under way, or that died. */
  readonly latest?: { readonly run: string; readonly ended: boolean }
}

/** How much is known of a cluster's past. `runs`: the oldest first. */
export function knownRunsOf(runs: readonly (readonly JournalEvent[])[]): KnownRuns {
  const latest = runs.at(-1)
  const run = latest?.[0]?.run
  const ended = latest?.some(({ event }) => event === 'run_ended') === true
  return { count: runs.length, ...(run !== undefined && { latest: { run, ended } }) }
}

/**
 * The reloads that the runs of one plan file carried out and did not roll back, by `checkKey`.
 * `runs`: the oldest first.
 */
export function reloadsOf(
  savedPlanId: string,
  runs: readonly (readonly JournalEvent[])[],
): ReadonlySet<string> {
  const reloaded = new Set<string>()
  for (const events of runs) {
    if (startOf(events)?.saved_plan_id !== savedPlanId) continue
    // Several steps can run at the same time, so a `step_done` line is matched to its own step.
    const actions = new Map<string, readonly string[]>()
    for (const event of events) {
      if (event.event === 'step_started' || event.event === 'undo_started') {
        const { action } = event
        const keys =
          action.kind === 'reload' ? action.mounts.map((mount) => checkKey(mount, action.node)) : []
        // Until the reload ends, it is unknown which process it started.
        for (const key of keys) reloaded.delete(key)
        if (event.event === 'step_started') actions.set(event.step, keys)
      } else if (event.event === 'step_done' && event.outcome === 'done') {
        for (const key of actions.get(event.step) ?? []) reloaded.add(key)
      }
    }
  }
  return reloaded
}

/** The first event of a run. Undefined if its first line was cut off. */
export function startOf(events: readonly JournalEvent[]): RunStarted | undefined {
  return events.find((event) => event.event === 'run_started')
}

/** Entries, as `plugin version`, that an earlier run wrote and did not reload on every node. */
export function unreloadedEntries(past: Past): string[] {
  return past.written.filter(mayBeUnreloaded).map(keyOf)
}

interface WrittenByRun extends WrittenEntry {
  /** The newest run that wrote the entry. */
  run: string
  readonly entries: Entry[]
  readonly mounts: Set<MountPath>
  readonly startedFrom: Map<string, readonly number[]>
}

/** What the journals of one cluster say together. `runs`: the oldest first. */
export function pastOf(runs: readonly (readonly JournalEvent[])[]): Past {
  const replaced: KnownEntry[] = []
  const registered: KnownEntry[] = []
  const written = new Map<string, WrittenByRun>()
  const ran = new Map<MountPath, Set<Version>>()
  const tuned = new Map<MountPath, ConfiguredVersion>()
  const addVersion = (mount: MountPath, version: ConfiguredVersion): void => {
    // Which version `latest` meant at the reload is recorded in the passed checks.
    if (version === LATEST) return
    ran.set(mount, (ran.get(mount) ?? new Set()).add(version))
  }
  for (const events of runs) {
    const mounts = mountsOf(events)
    const tunedInRun = new Map<MountPath, ConfiguredVersion>()
    // Several steps can run at the same time; a rollback sends one request after another.
    const actions = new Map<string, Action | CheckAction>()
    let undoAction: Action | undefined
    for (const event of events) {
      switch (event.event) {
        case 'step_started': {
          const { action } = event
          actions.set(event.step, action)
          if (action.kind === 'tune') {
            tuned.set(action.mount, action.version)
            tunedInRun.set(action.mount, action.version)
          }
          if (action.kind === 'deregister') written.delete(keyOf(action))
          if (action.kind === 'reload') {
            for (const entry of written.values()) noteReload(entry, action, 'started')
          }
          if (action.kind !== 'register') break
          const { plugin, version, entry, env } = action
          const before = beforeOf(event.restores)
          const known = { plugin, version, entry: before ?? entry }
          const envBefore = environmentOfEntry({ registered }, known) ?? []
          registered.unshift({ plugin, version, entry, env })
          if (before === undefined) {
            written.delete(keyOf(action))
            break
          }
          replaced.unshift({ ...known, env: envBefore })
          const writtenEntry = written.get(keyOf(action)) ?? newWrittenEntry(action, before)
          for (const mount of mounts.get(plugin) ?? []) writtenEntry.mounts.add(mount)
          writtenEntry.run = event.run
          writtenEntry.entries.push(entry)
          written.set(keyOf(action), writtenEntry)
          break
        }
        case 'undo_started': {
          const { action } = event
          undoAction = action
          if (action.kind === 'deregister') written.delete(keyOf(action))
          if (action.kind === 'register') {
            registered.unshift(action)
            written.get(keyOf(action))?.entries.push(action.entry)
          }
          if (action.kind === 'reload') {
            for (const entry of written.values()) noteReload(entry, action, 'started')
          }
          if (action.kind === 'tune') tuned.set(action.mount, action.version)
          break
        }
        case 'step_done':
        case 'undo_done': {
          const action = event.event === 'undo_done' ? undoAction : actions.get(event.step)
          if (action?.kind === 'reload' && isCarriedOut(event)) {
            for (const mount of action.mounts) {
              const version = tuned.get(mount)
              if (version !== undefined) addVersion(mount, version)
            }
            for (const fact of event.event === 'step_done' ? (event.passed?.running ?? []) : []) {
              if (fact.fact === 'running' && fact.version !== undefined) {
                addVersion(fact.mount, fact.version)
              }
            }
            for (const entry of written.values()) noteReload(entry, action, 'done')
          }
          break
        }
        case 'run_ended':
          if (event.outcome !== 'done') break
          for (const [mount, version] of tunedInRun) addVersion(mount, version)
          for (const [key, { run }] of written) if (run === event.run) written.delete(key)
          break
        case 'run_started':
          for (const { mount, version } of event.before.mounts) {
            if (version !== null) addVersion(mount, version)
          }
          break
        case 'step_failed':
        case 'undo_failed':
        case 'run_waiting':
          break
      }
    }
  }
  const unversioned = binariesInOrder(runs)
  const known = { replaced, registered, written: [...written.values()], ran, unversioned }
  return { ...known, ...pastChecks(runs), requested: NOTHING_REQUESTED }
}

function newWrittenEntry(
  { plugin, version }: { readonly plugin: PluginId; readonly version: Version },
  before: Entry,
): WrittenByRun {
  const nothing = {
    mounts: new Set<MountPath>(),
    startedFrom: new Map<string, readonly number[]>(),
  }
  return { run: '', plugin, version, entries: [before], ...nothing }
}

function noteReload(
  { entries, startedFrom }: WrittenByRun,
  { mounts, node }: Action & { readonly kind: 'reload' },
  progress: 'started' | 'done',
): void {
  const last = entries.length - 1
  for (const mount of mounts) {
    const key = `${mount} ${node}`
    const before = progress === 'done' ? [] : (startedFrom.get(key) ?? BEFORE_FIRST_WRITE)
    startedFrom.set(key, [...new Set([...before, last])])
  }
}

function keyOf({ plugin, version }: { readonly plugin: string; readonly version: string }): string {
  return `${plugin} ${version}`
}

function isCarriedOut(event: JournalEvent): boolean {
  return event.event === 'undo_done' || (event.event === 'step_done' && event.outcome === 'done')
}

function beforeOf(restores: readonly { readonly fact: string }[]): Entry | undefined {
  for (const fact of restores as readonly { fact: string; node?: string; entry?: Entry | null }[]) {
    if (fact.fact === 'entry' && fact.node === undefined) return fact.entry ?? undefined
  }
  return undefined
}

function mountsOf(events: readonly JournalEvent[]): Map<string, Set<MountPath>> {
  const byPlugin = new Map<string, Set<MountPath>>()
  for (const event of events) {
    if (event.event !== 'run_started') continue
    for (const { plugin, mount } of event.before.mounts) {
      byPlugin.set(plugin, (byPlugin.get(plugin) ?? new Set()).add(mount))
    }
  }
  return byPlugin
}
