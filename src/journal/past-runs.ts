/**
 * Reads the kept journals for what planning needs of earlier runs on a cluster. Believes only what
 * a journal says was begun; whether it came about, the servers say.
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
  BEFORE_THE_FIRST,
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
import { listRuns, readLines } from './read-journal.ts'

/** Older runs have been finished by later ones, or by hand. */
const RUNS_READ = 50

/**
 * The folder may hold the journals of other clusters too: those say nothing of this one. Throws a
 * LockstepError where a journal cannot be read.
 */
export function readPast(folder: string, cluster: string): Past {
  return pastOf(readRuns(folder, cluster))
}

function readRuns(folder: string, cluster: string): JournalEvent[][] {
  return listRuns(folder)
    .slice(-RUNS_READ)
    .map((name) => readOwn(folder, name, cluster))
}

/**
 * By `checkKey`: the reloads that the runs of one plan file carried out and did not roll back. Throws
 * a LockstepError where a journal cannot be read.
 */
export function readReloadsOf(
  savedPlanId: string,
  { folder, cluster }: { readonly folder: string; readonly cluster: string },
): ReadonlySet<string> {
  return reloadsOf(savedPlanId, readRuns(folder, cluster))
}

/** As `readReloadsOf`. `runs`: the oldest first. */
export function reloadsOf(
  savedPlanId: string,
  runs: readonly (readonly JournalEvent[])[],
): ReadonlySet<string> {
  const reloaded = new Set<string>()
  for (const events of runs) {
    if (startOf(events)?.saved_plan_id !== savedPlanId) continue
    // Several steps may be under way, so the line of an end belongs to its own step.
    const begun = new Map<string, readonly string[]>()
    for (const event of events) {
      if (event.event === 'step_started' || event.event === 'undo_started') {
        const { action } = event
        const keys =
          action.kind === 'reload' ? action.mounts.map((mount) => checkKey(mount, action.node)) : []
        // Until it is done nobody knows what it started.
        for (const key of keys) reloaded.delete(key)
        if (event.event === 'step_started') begun.set(event.step, keys)
      } else if (event.event === 'step_done' && event.outcome === 'done') {
        for (const key of begun.get(event.step) ?? []) reloaded.add(key)
      }
    }
  }
  return reloaded
}

function readOwn(folder: string, run: string, cluster: string): JournalEvent[] {
  const lines = readLines(folder, run)
  const first = lines[0]?.event()
  if (first?.event !== 'run_started' || first.cluster.id !== cluster) return []
  return lines.map(({ event }) => event())
}

/** How the run began; undefined where its first line was not written whole. */
export function startOf(events: readonly JournalEvent[]): RunStarted | undefined {
  return events.find((event) => event.event === 'run_started')
}

/** As `plugin version`: entries that an earlier run wrote and did not get to reload. */
export function unreloadedEntries(folder: string, cluster: string): string[] {
  return readPast(folder, cluster).written.filter(mayBeUnreloaded).map(keyOf)
}

interface WrittenByRun extends WrittenEntry {
  /** The newest that wrote it. */
  run: string
  readonly entries: Entry[]
  readonly mounts: Set<MountPath>
  readonly startedFrom: Map<string, readonly number[]>
}

/** `runs`: the oldest first. */
export function pastOf(runs: readonly (readonly JournalEvent[])[]): Past {
  const replaced: KnownEntry[] = []
  const registered: KnownEntry[] = []
  const written = new Map<string, WrittenByRun>()
  const ran = new Map<MountPath, Set<Version>>()
  const tuned = new Map<MountPath, ConfiguredVersion>()
  const addRan = (mount: MountPath, version: ConfiguredVersion): void => {
    // What that came to when the mount was reloaded is in the checks that passed.
    if (version === LATEST) return
    ran.set(mount, (ran.get(mount) ?? new Set()).add(version))
  }
  for (const events of runs) {
    const mounts = mountsOf(events)
    const tunedHere = new Map<MountPath, ConfiguredVersion>()
    // Several steps may be under way; a rollback sends one request after another.
    const begun = new Map<string, Action | CheckAction>()
    let undoing: Action | undefined
    for (const event of events) {
      switch (event.event) {
        case 'step_started': {
          const { action } = event
          begun.set(event.step, action)
          if (action.kind === 'tune') {
            tuned.set(action.mount, action.version)
            tunedHere.set(action.mount, action.version)
          }
          if (action.kind === 'deregister') written.delete(keyOf(action))
          if (action.kind === 'reload') {
            for (const one of written.values()) noteReload(one, action, 'begun')
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
          const one = written.get(keyOf(action)) ?? newlyWritten(action, before)
          for (const using of mounts.get(plugin) ?? []) one.mounts.add(using)
          one.run = event.run
          one.entries.push(entry)
          written.set(keyOf(action), one)
          break
        }
        case 'undo_started': {
          const { action } = event
          undoing = action
          if (action.kind === 'deregister') written.delete(keyOf(action))
          if (action.kind === 'register') {
            registered.unshift(action)
            written.get(keyOf(action))?.entries.push(action.entry)
          }
          if (action.kind === 'reload') {
            for (const one of written.values()) noteReload(one, action, 'begun')
          }
          if (action.kind === 'tune') tuned.set(action.mount, action.version)
          break
        }
        case 'step_done':
        case 'undo_done': {
          const action = event.event === 'undo_done' ? undoing : begun.get(event.step)
          if (action?.kind === 'reload' && isCarriedOut(event)) {
            for (const mount of action.mounts) {
              const version = tuned.get(mount)
              if (version !== undefined) addRan(mount, version)
            }
            for (const fact of event.event === 'step_done' ? (event.passed?.running ?? []) : []) {
              if (fact.fact === 'running' && fact.version !== undefined) {
                addRan(fact.mount, fact.version)
              }
            }
            for (const one of written.values()) noteReload(one, action, 'done')
          }
          break
        }
        case 'run_ended':
          if (event.outcome !== 'done') break
          for (const [mount, version] of tunedHere) addRan(mount, version)
          for (const [key, { run }] of written) if (run === event.run) written.delete(key)
          break
        case 'run_started':
          for (const { mount, version } of event.before.mounts) {
            if (version !== null) addRan(mount, version)
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

function newlyWritten(
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
  how: 'begun' | 'done',
): void {
  const last = entries.length - 1
  for (const mount of mounts) {
    const key = `${mount} ${node}`
    const before = how === 'done' ? [] : (startedFrom.get(key) ?? BEFORE_THE_FIRST)
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
