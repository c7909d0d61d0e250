/**
 * A mount that is configured for a builtin's version breaks when a server upgrade changes the
 * builtin.
 */
import { isBuiltinVersion } from '../../domain/names.ts'
import { count } from '../../domain/count.ts'
import { groupBy } from '../../domain/group-by.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const leftOnBuiltinVersion: PlanRule = {
  about: 'plan',
  name: 'left-on-builtin-version',
  severity: 'warning',
  title: 'A mount is left on a builtin’s own version',
  explanation:
    'A mount’s version cannot be cleared, so a mount that once had one returns to the compiled-in plugin only if it is tuned to that plugin’s version, the one with `+builtin`. In the next server release the builtin has another version, and the version of the mount does not exist any more. Such a mount may fail to start after the server’s upgrade, until it is tuned again.',
  fix: 'After each server upgrade, plan and apply at once: that tunes these mounts to the new builtin’s version. Or register the plugin under its own version and use that.',
  allowable: true,
  judge({ draft }) {
    // With namespaces it is worse: `builtin-version-with-namespaces` reports that.
    if (draft.index.mayDoubleNamespaces) return []
    const effects = effectsOf(draft)
    return draft.targets.flatMap(({ plugin }) => {
      const left = draft.index
        .mountsOf(plugin.id)
        .filter((mount) => isBuiltinVersion(effects.configuredAfter(mount)))
      return [...groupBy(left, (mount) => effects.configuredAfter(mount))].map(
        ([version, group]) => {
          const mounts = group.map(({ path }) => path)
          return {
            subject: plugin.id,
            message: `${count(mounts.length, 'mount')} of ${plugin.id} ${agree(mounts.length, 'is', 'are')} left configured for ${version}, which the next server release will not have: ${nameSome(mounts)}.`,
            mounts,
            at: plugin.use?.source ?? plugin.source,
          }
        },
      )
    })
  },
}
