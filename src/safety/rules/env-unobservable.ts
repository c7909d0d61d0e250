/** A registered version has an environment, and no server says which. */
import { versionLabel } from '../../domain/names.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule } from '../rule.ts'
import { nameSome } from '../wording.ts'

export const envUnobservable: PlanRule = {
  about: 'plan',
  name: 'env-unobservable',
  severity: 'note',
  title: 'The environment of a registered version cannot be compared',
  explanation:
    'Servers take `env` with a registration and never return it. So nobody can tell whether a version that is registered already has the environment that the file gives it. A change of `env` alone makes no step.',
  fix: 'To change a plugin’s environment, register the binary under a new version.',
  allowable: true,
  judge({ draft }) {
    const effects = effectsOf(draft)
    return draft.targets.flatMap(({ plugin }) => {
      const unseen = plugin.versions.filter(
        ({ version, env }) =>
          env.length > 0 &&
          draft.index.external(plugin.id, version) !== undefined &&
          !effects.registers(plugin.id, version),
      )
      if (unseen.length === 0) return []
      const labels = unseen.map(({ version }) => versionLabel(version))
      return {
        subject: plugin.id,
        message: `${plugin.id} ${nameSome(labels)} is registered already, and the server does not say with which environment: what the file says under \`env\` is neither checked nor applied.`,
        at: plugin.source,
      }
    })
  },
}
