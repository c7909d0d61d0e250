/**
 * Builds the desired state of a rollback from a run's journal: everything the run changed, as the
 * run found it. Pure.
 */
import type { DesiredConnection, DesiredState, Use } from '../domain/desired.ts'
import { indexLive } from '../domain/live-index.ts'
import { compareText, type PluginId } from '../domain/names.ts'
import type { LostState } from './unreloaded-mounts.ts'
import { mountsBefore } from './mounts-before.ts'
import { pastOf } from '../journal/past-runs.ts'
import { pluginBefore } from './plugins-before.ts'
import { type RollbackSources, sourceOf, useOf } from './rollback-sources.ts'

export interface RollbackState {
  readonly desired: DesiredState
  /** What will differ from the state before the run, one sentence each. */
  readonly notes: readonly string[]
  /** Mounts that no plan can restore. If there is one, the run cannot be rolled back. */
  readonly lost: readonly LostState[]
}

/**
 * The desired state that a run began with. `notes` lists what cannot be restored, as a mount that
 * the run made: it is never removed.
 */
export function rollbackState(sources: RollbackSources): RollbackState {
  const { started, runs, live, file } = sources
  const { before } = started
  const notes: string[] = []
  const ids = new Set<PluginId>(
    [...before.entries, ...before.mounts, ...before.connections].map(({ plugin }) => plugin),
  )
  const made = before.mounts.filter(({ version }) => version === null)
  for (const { mount } of made) {
    notes.push(`${mount} was mounted by that run and stays: nothing is ever unmounted.`)
  }
  const { lock, journal } = started.cluster
  const known = { ...sources, past: pastOf(runs), index: indexLive(live) }
  const plugins = [...ids].sort(compareText).map((id) => pluginBefore(id, known, notes))
  const listed = new Set(
    plugins.flatMap(({ id, versions }) => versions.map(({ version }) => `${id} ${version}`)),
  )
  /** A mount whose version cannot be registered again is left unchanged. */
  const canUse = (plugin: PluginId, use: Use): boolean =>
    use.kind !== 'version' || listed.has(`${plugin} ${use.version}`)
  const mounts = mountsBefore(known, plugins, notes)
  return {
    notes,
    lost: mounts.lost,
    desired: {
      cluster: {
        ...(lock !== undefined && { lock: { kv: lock, source: sourceOf(started) } }),
        ...(journal !== undefined && { journal: { kv: journal, source: sourceOf(started) } }),
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
