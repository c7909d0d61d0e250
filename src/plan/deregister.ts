/**
 * `deregister` steps: what the file retires. The servers accept it for a version in use and the
 * mount is lost at its next restart, so nothing may use it: seen, not supposed.
 */
import type { CatalogEntry } from '../domain/live.ts'
import { type PluginId, UNVERSIONED } from '../domain/names.ts'
import { contentOf } from './live-index.ts'
import { entryFact, entrySubject, type UnorderedStep } from './steps.ts'

/** `reverts`: its mounts fall back to the compiled-in plugin at their next reload. */
export function deregisterStep(
  entry: CatalogEntry,
  group: string,
  options: { reverts: boolean },
): UnorderedStep {
  const { plugin, version } = entry
  const content = contentOf(entry) ?? { command: '', sha256: entry.sha256, args: [] }
  const fact = entryFact(plugin, version, content)
  return {
    id: `deregister ${entrySubject(plugin, version)}`,
    group,
    action: { kind: 'deregister', plugin, version },
    requires: [
      fact,
      ...(options.reverts
        ? []
        : [{ fact: 'unused' as const, plugin, version, sha256: entry.sha256 }]),
    ],
    ensures: [entryFact(plugin, version, null)],
    undo: [{ kind: 'register', plugin, version, entry: content, env: [] }],
    restores: [fact],
    why: whyDeregister(plugin, version === UNVERSIONED && options.reverts),
  }
}

function whyDeregister(plugin: PluginId, reverts: boolean): string {
  return reverts
    ? `retired; the compiled-in ${plugin} takes its place at the reload`
    : 'retired; nothing uses it any more by then'
}
