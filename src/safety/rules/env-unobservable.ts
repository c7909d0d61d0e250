/** A registered version has an environment that no server reports. */
import type { RegisterAction } from '../../documents/plan.generated.ts'
import { groupBy } from '../../domain/group-by.ts'
import { versionLabel } from '../../domain/names.ts'
import type { DraftPlan } from '../../plan/make-plan.ts'
import { environmentOfEntry } from '../../plan/past.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule } from '../rule.ts'
import { nameSome } from '../wording.ts'

export const envUnobservable: PlanRule = {
  about: 'plan',
  name: 'env-unobservable',
  severity: 'note',
  title: 'The environment of a registered version cannot be compared',
  explanation:
    'Servers take `env` with a registration and never return it. So Lockstep cannot compare the environment of a registered version with the file, and a change of `env` alone makes no step. If a failed step is rolled back by registering the older entry again, the entry gets the environment of the earlier run from this machine that registered it; if no journal has that run, the environment of the file.',
  fix: 'To change a plugin’s environment, register the binary under a new version.',
  allowable: true,
  judge({ draft }) {
    const effects = effectsOf(draft)
    const registeredByUndo = groupBy(findRegisteredAgain(draft), (action) => action.plugin)
    const afterRollback = draft.targets.flatMap(({ plugin }) => {
      const unknown = (registeredByUndo.get(plugin.id) ?? []).filter(
        (action) => environmentOfEntry(draft.past, action) === undefined,
      )
      if (unknown.length === 0) return []
      const labels = unknown.map(({ version }) => versionLabel(version))
      const names = [...new Set(unknown.flatMap(({ env }) => env.map(({ name }) => name)))]
      const given = names.length === 0 ? 'none' : `${nameSome(names)} of the file`
      return {
        subject: plugin.id,
        message: `If the plan fails, ${plugin.id} ${nameSome(labels)} is registered again, but no journal of this machine has its environment: it would have ${given}.`,
        fix: 'If its environment is different, be ready to register it by hand with the right one.',
        at: plugin.source,
      }
    })
    const compared = draft.targets.flatMap(({ plugin }) => {
      const notCompared = plugin.versions.filter(
        ({ version, env }) =>
          env.length > 0 &&
          draft.index.external(plugin.id, version) !== undefined &&
          !effects.registers(plugin.id, version),
      )
      if (notCompared.length === 0) return []
      const labels = notCompared.map(({ version }) => versionLabel(version))
      return {
        subject: plugin.id,
        message: `${plugin.id} ${nameSome(labels)} is registered already, and the server does not report its environment: \`env\` of the file is neither checked nor applied.`,
        at: plugin.source,
      }
    })
    return [...compared, ...afterRollback]
  },
}

/** The entries that the undo of a step registers, without retired entries that nothing uses. */
function findRegisteredAgain({ steps }: DraftPlan): RegisterAction[] {
  return steps.flatMap(({ undo, requires }) => {
    const actions = undo.filter((action) => action.kind === 'register')
    return requires.some(({ fact }) => fact === 'unused') ? [] : actions
  })
}
