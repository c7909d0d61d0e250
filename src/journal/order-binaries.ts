/**
 * Of binaries that bear no version, which came before which: nothing but the journals of the runs
 * that replaced them can tell. Pure.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import { BUILTIN, type PluginId, type RunningBinary, UNVERSIONED } from '../domain/names.ts'

/**
 * What stood without a version, each once, the first found or registered first; `BUILTIN` where
 * nothing was registered, so that what is compiled in ran. `runs`: the oldest first.
 */
export function binariesInOrder(
  runs: readonly (readonly JournalEvent[])[],
): ReadonlyMap<PluginId, readonly RunningBinary[]> {
  const found = new Map<PluginId, Set<RunningBinary>>()
  const add = (plugin: PluginId, sha256: RunningBinary = BUILTIN): void => {
    found.set(plugin, (found.get(plugin) ?? new Set()).add(sha256))
  }
  for (const event of runs.flat()) {
    if (event.event === 'run_started') {
      for (const { plugin, version, entry } of event.before.entries) {
        if (version === UNVERSIONED) add(plugin, entry?.sha256)
      }
    } else if (event.event === 'step_started') {
      const { action } = event
      if (action.kind !== 'register' && action.kind !== 'deregister') continue
      if (action.version !== UNVERSIONED) continue
      add(action.plugin, action.kind === 'register' ? action.entry.sha256 : undefined)
    }
  }
  return new Map([...found].map(([plugin, binaries]) => [plugin, [...binaries]]))
}
