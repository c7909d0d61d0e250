/**
 * Mounts whose process was started from an entry of other arguments or another command than stands
 * now. No listing shows it, since the binary is the same: the journals of earlier runs know it.
 */
import type { Difference } from '../documents/drift.generated.ts'
import { startsUnder } from '../domain/live-index.ts'
import { isUnreloaded } from '../plan/past.ts'
import { howItDiffers, runningOf } from '../plan/reload.ts'
import { contentOf, entryOf, sameEntry } from '../plan/steps.ts'
import { type ComparedMount, describeFix, parts } from './compared-mount.ts'
import { type Comparison, keptVersion } from './comparison.ts'
import { onNodes } from './wording.ts'

/** One difference for all nodes. Where something else differs, that is what is said of it. */
export function findUnreloaded(compared: ComparedMount, comparison: Comparison): Difference[] {
  const { mount, plugin, target } = compared
  const { index, past, serving } = comparison
  if (target === undefined || target.use.kind === 'builtin') return []
  const { version } = target
  const entry = contentOf(index.external(plugin.id, version))
  const listed = keptVersion(plugin, version)
  // An entry that is not what the file has is said of the entry, and makes apply reload its mounts.
  if (entry === undefined || listed === undefined || !sameEntry(entry, entryOf(listed))) return []
  const pin = index.pinOf(plugin.id)
  if (
    startsUnder(index, plugin.id, mount.configured_version) !== version ||
    (pin ?? version) !== version
  )
    return []
  const left = mount.nodes.filter(
    (view) =>
      howItDiffers(view, runningOf(target)) === undefined &&
      isUnreloaded(past, { plugin: plugin.id, version, entry }, mount.path, view.node),
  )
  const [view] = left
  if (view === undefined) return []
  return [
    {
      class: 'reload-pending',
      ...parts(compared, target, view),
      ...(left.length === 1 && { node: view.node }),
      found: 'the same binary, started with other arguments or another command',
      cause: `by the journals of this machine the entry was changed, and the mount was not reloaded ${onNodes(left.length, serving.length)} since; a restart of the node does it too`,
      fix: describeFix(compared, comparison),
    },
  ]
}
