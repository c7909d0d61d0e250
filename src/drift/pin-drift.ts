/** A pin overrides what each mount is configured for (Vault), so it is compared with all of them. */
import type { FoundDifference } from './found-difference.ts'
import type { DesiredPlugin } from '../domain/desired.ts'
import { compareText, versionLabel } from '../domain/names.ts'
import type { Targets } from '../plan/targets.ts'
import { type Comparison, writtenAt } from './comparison.ts'
import { countMountsOrConnections } from './wording.ts'

/** At most one difference: the pin of the plugin has another version than the file. */
export function findPinDrift(
  plugin: DesiredPlugin,
  targets: Targets,
  { index, apply }: Comparison,
): FoundDifference[] {
  const pinned = index.pinOf(plugin.id)
  if (pinned === undefined) return []
  const others = [...targets.mounts, ...targets.connections].filter(
    ({ version }) => version !== pinned,
  )
  if (others.length === 0) return []
  const desired = [...new Set(others.map(({ version }) => versionLabel(version)))]
  return [
    {
      class: 'pinned-elsewhere',
      subject: plugin.id,
      plugin: plugin.id,
      desired: desired.sort(compareText).join(', '),
      found: `pinned to ${pinned}`,
      cause: `from their next reload or restart on, the pin overrides the version of ${countMountsOrConnections(others.length)}`,
      fix: `remove the pin (DELETE sys/plugins/pins/${plugin.id}), then ${apply}`,
      ...writtenAt(plugin.use?.source ?? plugin.source),
    },
  ]
}
