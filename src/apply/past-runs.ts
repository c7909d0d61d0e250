/**
 * Reads the kept journals for what planning needs of earlier runs on a cluster. Believes only what
 * a journal says was begun; whether it came about, the servers say.
 */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import type { Action, Entry } from '../documents/plan.generated.ts'
import type { MountPath, Version } from '../domain/names.ts'
import {
  environmentOfEntry,
  type KnownEntry,
  type Past,
  type UnreloadedEntry,
} from '../plan/past.ts'
import { listRuns, readRun } from './journal.ts'

/** Older runs have been finished by later ones, or by hand. */
const RUNS_READ = 50

/** The folder may hold the journals of other clusters too: those say nothing of this one. */
export function readPast(folder: string, cluster: string): Past {
  const runs = listRuns(folder)
    .slice(-RUNS_READ)
    .map((name) => readRun(folder, name))
  return pastOf(runs.filter((events) => startOf(events)?.cluster.id === cluster))
}

/** How the run began; undefined where its first line was not written whole. */
export function startOf(events: readonly JournalEvent[]): RunStarted | undefined {
  return events.find((event) => event.event === 'run_started')
}

/** As `plugin version`: entries that an earlier run wrote and did not get to reload. */
export function unreloadedEntries(folder: string, cluster: string): string[] {
  return readPast(folder, cluster).unreloaded.map(({ plugin, version }) => `${plugin} ${version}`)
}

interface Written extends UnreloadedEntry {
  readonly run: string
  readonly reloaded: Set<string>
}

/** `runs`: the oldest first. */
export function pastOf(runs: readonly (readonly JournalEvent[])[]): Past {
  const replaced: KnownEntry[] = []
  const registered: KnownEntry[] = []
  const written = new Map<string, Written>()
  const ran = new Map<MountPath, Set<Version>>()
  const tuned = new Map<MountPath, Version>()
  const addRan = (mount: MountPath, version: Version): void => {
    ran.set(mount, (ran.get(mount) ?? new Set()).add(version))
  }
  for (const events of runs) {
    const mounts = mountsOf(events)
    let action: Action | undefined
    for (const event of events) {
      switch (event.event) {
        case 'step_started': {
          action = event.action
          if (action.kind === 'tune') tuned.set(action.mount, action.version)
          if (action.kind === 'deregister') written.delete(keyOf(action))
          if (action.kind !== 'register') break
          const { plugin, version, entry, env } = action
          const before = beforeOf(event.restores)
          const known = { plugin, version, entry: before ?? entry }
          const envBefore = environmentOfEntry({ registered }, known) ?? []
          registered.unshift({ plugin, version, entry, env })
          if (before === undefined) break
          replaced.unshift({ ...known, env: envBefore })
          written.delete(keyOf(action))
          if (before.sha256 !== entry.sha256) break
          const using = mounts.get(plugin) ?? new Set<MountPath>()
          written.set(keyOf(action), {
            ...{ run: event.run, plugin, version, entry },
            mounts: using,
            reloaded: new Set(),
          })
          break
        }
        case 'undo_started':
          action = event.action
          if (action.kind === 'register' || action.kind === 'deregister') {
            written.delete(keyOf(action))
          }
          if (action.kind === 'register') registered.unshift(action)
          if (action.kind === 'tune') tuned.set(action.mount, action.version)
          break
        case 'step_done':
        case 'undo_done':
          if (action?.kind === 'reload' && isCarriedOut(event)) {
            for (const mount of action.mounts) {
              const version = tuned.get(mount)
              if (version !== undefined) addRan(mount, version)
            }
            for (const { reloaded } of written.values()) {
              for (const mount of action.mounts) reloaded.add(`${mount} ${action.node}`)
            }
          }
          break
        case 'run_ended':
          if (event.outcome !== 'done') break
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
  return { replaced, registered, unreloaded: [...written.values()], ran }
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
