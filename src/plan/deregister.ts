/**
 * Makes `deregister` steps: for entries that the file retires. Servers accept a deregistration of a
 * version in use, and the mount is then lost at its next restart. So every step requires that no
 * use of the entry was found.
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
  /** True if the mounts of the entry run the builtin after their next reload. */
  readonly reverts: boolean
  readonly past: Past
  /**
   * After a rollback registers the entry again, each serving node must see it before that node is
   * reloaded.
   */
  readonly live: LiveState
}

/**
 * An entry that the server cannot read (OpenBao answers 500 if its file is gone) is known only from
 * the list. The step then requires only that nothing uses the entry, and a rollback cannot register
 * the entry again.
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
