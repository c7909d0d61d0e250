/**
 * `deregister` steps: what the file retires. The servers accept it for a version in use and the
 * mount is lost at its next restart, so nothing may use it: seen, not supposed.
 */
import { reloadOrder } from '../domain/live-index.ts'
import type { CatalogEntry, LiveState } from '../domain/live.ts'
import { type PluginId, UNVERSIONED } from '../domain/names.ts'
import { environmentOfEntry, type Past } from './past.ts'
import {
  contentOf,
  entryFact,
  entryFactsOn,
  entrySubject,
  registrable,
  type UnorderedStep,
} from './steps.ts'

export interface Deregistration {
  /** Its mounts fall back to the compiled-in plugin at their next reload. */
  readonly reverts: boolean
  readonly past: Past
  /** Registered again, the entry is read back on each node that serves, before that is reloaded. */
  readonly live: LiveState
}

/**
 * An entry that the server cannot read (OpenBao answers 500 where its file is gone) is known from the
 * list alone: nothing of it is relied on but that nothing uses it, and nothing could register it again.
 */
export function deregisterStep(
  entry: CatalogEntry,
  group: string,
  options: Deregistration,
): UnorderedStep {
  const { plugin, version } = entry
  const content = contentOf(entry)
  const fact = content === undefined ? [] : [entryFact(plugin, version, content)]
  const restored = registrable(content)
  const env =
    content === undefined
      ? undefined
      : environmentOfEntry(options.past, { plugin, version, entry: content })
  return {
    id: `deregister ${entrySubject(plugin, version)}`,
    group,
    action: { kind: 'deregister', plugin, version },
    requires: [
      ...fact,
      ...(options.reverts
        ? []
        : [{ fact: 'unused' as const, plugin, version, sha256: entry.sha256 }]),
    ],
    ensures: [entryFact(plugin, version, null)],
    undo:
      restored === undefined
        ? []
        : [{ kind: 'register', plugin, version, entry: restored, env: [...(env ?? [])] }],
    restores:
      restored === undefined
        ? []
        : entryFactsOn(reloadOrder(options.live), plugin, version, restored),
    why: whyDeregister(plugin, version === UNVERSIONED && options.reverts),
  }
}

function whyDeregister(plugin: PluginId, reverts: boolean): string {
  return reverts
    ? `retired; the compiled-in ${plugin} takes its place at the reload`
    : 'retired, once nothing uses it any more'
}
