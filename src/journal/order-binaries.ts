/**
 * Orders the binaries that were registered without a version. No server knows the order: only the
 * journals of the runs that replaced them do. Pure.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import { BUILTIN, type PluginId, type RunningBinary, UNVERSIONED } from '../domain/names.ts'

/**
 * The binaries of each plugin's unversioned entry, each once, the first found or registered first.
 * `BUILTIN` stands for a time when nothing was registered, so the builtin ran. `runs`: the oldest
 * first.
 */
export function binariesInOrder(
  runs: readonly (readonly JournalEvent[])[],
): ReadonlyMap<PluginId, readonly RunningBinary[]> {
  const binaries = new Map<PluginId, Set<RunningBinary>>()
  const add = (plugin: PluginId, sha256: RunningBinary = BUILTIN): void => {
    binaries.set(plugin, (binaries.get(plugin) ?? new Set()).add(sha256))
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
  return new Map([...binaries].map(([plugin, binaries]) => [plugin, [...binaries]]))
}
