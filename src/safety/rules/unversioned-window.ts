/** After the registration of an unversioned entry, each start of its plugin starts the new binary. */
import type { Step } from '../../documents/plan.generated.ts'
import { type PluginId, UNVERSIONED } from '../../domain/names.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule } from '../rule.ts'
import { count } from '../../domain/count.ts'
import { nameSome } from '../wording.ts'

export const unversionedWindow: PlanRule = {
  about: 'plan',
  name: 'unversioned-window',
  severity: 'note',
  title: 'Until the last reload, a restart starts the new binary',
  explanation:
    'An unversioned entry is replaced in place: no older version stays registered. Until the plan has reloaded all mounts of the entry, a node that restarts, or a plugin process that crashes, starts the new binary, also before the canary is checked. A versioned entry has no such window.',
  fix: 'Avoid restarts during the run. To upgrade without this window, give the plugin versions.',
  allowable: true,
  judge({ draft }) {
    const effects = effectsOf(draft)
    const reverting = pluginsReverting(draft.steps)
    return draft.targets.flatMap(({ plugin }) => {
      const replaced = effects.registers(plugin.id, UNVERSIONED)
      if (!replaced && !reverting.has(plugin.id)) return []
      const mounts = draft.index
        .mountsOf(plugin.id)
        // A mount that gets a version is reloaded before the entry changes.
        .filter(({ path, configured_version }) => {
          return configured_version === UNVERSIONED && !effects.tunes(path)
        })
        .map(({ path }) => path)
      if (mounts.length === 0) return []
      const kept = mounts.filter((path) => !effects.reloads(path))
      const end =
        kept.length === 0
          ? 'the last of the plan’s reloads'
          : `a reload that the plan does not make for ${nameSome(kept)}`
      return {
        subject: plugin.id,
        message: `From the ${replaced ? '' : 'de'}registration of ${plugin.id} unversioned until ${end}, a node that restarts starts the ${replaced ? 'new binary' : 'compiled-in plugin'} for ${count(mounts.length, 'mount')}: ${nameSome(mounts)}.`,
        mounts,
        at: plugin.source,
      }
    })
  },
}

/** A deregistration opens a window only if mounts use the entry until then. */
function pluginsReverting(steps: readonly Step[]): ReadonlySet<PluginId> {
  return new Set(
    steps.flatMap(({ action, requires }) => {
      if (action.kind !== 'deregister' || action.version !== UNVERSIONED) return []
      return requires.some(({ fact }) => fact === 'unused') ? [] : action.plugin
    }),
  )
}
