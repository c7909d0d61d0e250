/** `use: builtin` for a mount that has a version, where the builtin's version cannot be known. */
import type { PlanRule } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const builtinUnknown: PlanRule = {
  about: 'plan',
  name: 'builtin-unknown',
  severity: 'error',
  title: 'The version of a builtin cannot be known',
  explanation:
    'A mount’s version cannot be cleared, so a mount that has one goes back to the compiled-in plugin only by being tuned to that plugin’s own version. The catalog does not show one: no builtin has this name, or an unversioned entry hides it and no mount shows what it is.',
  fix: 'If no builtin has this name, give these mounts a version to use. If an unversioned entry hides it, retire that entry in a separate run, then plan again.',
  allowable: false,
  judge({ draft }) {
    return draft.impossible.flatMap((one) => {
      if (one.kind !== 'builtin-unknown') return []
      const { plugin, mounts, connections, source: at } = one
      const paths = [...mounts, ...connections]
      return {
        subject: plugin,
        message: `${nameSome(paths)} ${agree(paths.length, 'is', 'are')} to run the builtin ${plugin}, and the server does not show which version that has.`,
        mounts,
        at,
      }
    })
  },
}
