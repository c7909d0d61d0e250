/**
 * Mounts whose process was started before the arguments or the command of their entry changed. No
 * listing shows it, since the binary is the same. Only the journals of earlier runs say it.
 */
import type { FoundDifference } from './found-difference.ts'
import { startsUnder } from '../domain/live-index.ts'
import { isUnreloaded } from '../plan/past.ts'
import { findDifference, expectedRunning } from '../plan/reload.ts'
import { contentOf, entryOf, sameEntry } from '../plan/steps.ts'
import { type ComparedMount, commonFields, describeFix } from './compared-mount.ts'
import { type Comparison, keptVersion } from './comparison.ts'
import { onNodes } from './wording.ts'

/** One difference for all nodes; none if another difference of the mount is reported. */
export function findUnreloaded(compared: ComparedMount, comparison: Comparison): FoundDifference[] {
  const { mount, plugin, target } = compared
  const { index, past, serving } = comparison
  if (target === undefined || target.use.kind === 'builtin') return []
  const { version } = target
  const entry = contentOf(index.external(plugin.id, version))
  const listed = keptVersion(plugin, version)
  // If the entry differs from the file, the entry is reported, and apply reloads its mounts.
  if (entry === undefined || listed === undefined || !sameEntry(entry, entryOf(listed))) return []
  const pin = index.pinOf(plugin.id)
  if (
    startsUnder(index, plugin.id, mount.configured_version) !== version ||
    (pin ?? version) !== version
  )
    return []
  const unreloaded = mount.nodes.filter(
    (view) =>
      findDifference(view, expectedRunning(target)) === undefined &&
      isUnreloaded(past, { plugin: plugin.id, version, entry }, mount.path, view.node),
  )
  const [view] = unreloaded
  if (view === undefined) return []
  return [
    {
      class: 'reload-pending',
      ...commonFields(compared, target, view),
      ...(unreloaded.length === 1 && { node: view.node }),
      found: 'the same binary, started with other arguments or another command',
      cause: `the journals of this machine say that the entry was changed and the mount was not reloaded ${onNodes(unreloaded.length, serving.length)}; a restart of the node has the same effect as a reload`,
      fix: describeFix(compared, comparison),
    },
  ]
}
