/**
 * A registration or retirement changes the version that mounts on `latest` start, and the plan does
 * not reload these mounts.
 */
import { latestOf } from '../../domain/latest.ts'
import type { LiveMount } from '../../domain/live.ts'
import type { LiveIndex } from '../../domain/live-index.ts'
import { count } from '../../domain/count.ts'
import { LATEST, type PluginId, type Version, versionLabel } from '../../domain/names.ts'
import { type Effects, effectsOf } from '../effects.ts'
import type { PlanRule } from '../rule.ts'
import { entryTopic } from '../topics.ts'
import { agree, nameSome } from '../wording.ts'

export const latestChanges: PlanRule = {
  about: 'plan',
  name: 'latest-changes',
  severity: 'warning',
  title: 'Mounts on latest will start another version',
  explanation:
    'A mount that is configured for `latest` (OpenBao 2.7 and later) runs the highest registered version at each reload or restart. So a plan that registers a higher version, or retires the highest one, changes every such mount of the plugin. Nothing happens at first. Each node starts the other version at its next restart, so the nodes may run different versions for a long time. The plan reloads only mounts for which the file has a `use`.',
  fix: 'Write `use: latest` for these mounts, so that the plan reloads and checks them, or `use` with the version that they should keep.',
  allowable: true,
  judge({ draft }) {
    const effects = effectsOf(draft)
    return draft.targets.flatMap(({ plugin, targets }) => {
      const { id, source: at } = plugin
      const before = draft.index.latestOf(id)
      const after = latestAfter(id, draft.index, effects)
      if (before === after || after === undefined) return []
      const changedMounts = new Set(targets.mounts.map(({ mount }) => mount.path))
      const left = draft.index
        .mountsOf(id)
        .filter((mount) => isOnLatest(mount) && !changedMounts.has(mount.path))
      if (left.length === 0) return []
      const mounts = left.map(({ path }) => path)
      const insteadOf = before === undefined ? '' : ` instead of ${versionLabel(before)}`
      return {
        subject: id,
        message: `${count(left.length, 'mount')} of ${id} ${agree(left.length, 'is', 'are')} configured for latest, but the file has no \`use\` for them: ${nameSome(mounts)}. After this plan a reload or restart starts ${versionLabel(after)}${insteadOf} on that node only.`,
        mounts,
        at,
        ...(before !== undefined && { topics: [entryTopic(id, before)] }),
      }
    })
  },
}

function isOnLatest({ configured_version }: LiveMount): boolean {
  return configured_version === LATEST
}

function latestAfter(plugin: PluginId, index: LiveIndex, effects: Effects): Version | undefined {
  const remaining = index
    .externals(plugin)
    .map(({ version }) => version)
    .filter((version) => !effects.deregisters(plugin, version))
  const added = effects.registeredOf(plugin).map(({ version }) => version)
  return latestOf([...remaining, ...added])
}
