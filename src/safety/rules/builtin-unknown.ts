/** `use: builtin` for a mount that has a version, while the version of the builtin is unknown. */
import type { PlanRule } from '../rule.ts'
import { nameSome } from '../wording.ts'

export const builtinUnknown: PlanRule = {
  about: 'plan',
  name: 'builtin-unknown',
  severity: 'error',
  title: 'The version of a builtin cannot be known',
  explanation:
    'A mount’s version cannot be cleared, so a mount that has one can return to the compiled-in plugin only if it is tuned to that plugin’s own version. The catalog does not show that version: no builtin has this name, or an unversioned entry hides it and no mount shows it.',
  fix: 'If no builtin has this name, give these mounts a version to use. If an unversioned entry hides it, retire that entry in a separate run, then plan again.',
  allowable: false,
  judge({ draft }) {
    return draft.impossible.flatMap((impossible) => {
      if (impossible.kind !== 'builtin-unknown') return []
      const { plugin, mounts, connections, source: at } = impossible
      const paths = [...mounts, ...connections]
      return {
        subject: plugin,
        message: `${nameSome(paths)} should run the builtin ${plugin}, but the server does not show the version of that builtin.`,
        mounts,
        at,
      }
    })
  },
}
