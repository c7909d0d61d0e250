/** `use: builtin` while an unversioned entry hides the builtin, and the file does not retire it. */
import { UNVERSIONED } from '../../domain/names.ts'
import type { PlanRule } from '../rule.ts'
import { nameSome } from '../wording.ts'

export const builtinHidden: PlanRule = {
  about: 'plan',
  name: 'builtin-hidden',
  severity: 'error',
  title: 'An unversioned entry hides the builtin',
  explanation:
    'While an unversioned entry is registered under a builtin’s name, mounts without a version run that entry, and no mount can be tuned to the builtin’s version. The entry must be deregistered before any mount can run the builtin again. Lockstep deregisters only what the file retires.',
  fix: 'Add `retire: [unversioned]` under the plugin, or leave its mounts on the unversioned entry.',
  allowable: false,
  judge({ draft }) {
    return draft.impossible.flatMap((impossible) => {
      if (impossible.kind !== 'builtin-hidden') return []
      const { plugin, mounts, connections, source: at } = impossible
      const paths = [...mounts, ...connections]
      const isRegistered = draft.index.external(plugin, UNVERSIONED) !== undefined
      return {
        subject: plugin,
        message: `${nameSome(paths)} should run the builtin ${plugin}, but an unversioned entry ${isRegistered ? 'hides it, and the file does not retire the entry' : 'that the file lists would hide it'}.`,
        mounts,
        ...(!isRegistered && {
          fix: 'Remove `unversioned` from `versions`, or leave the mounts on it.',
        }),
        at,
      }
    })
  },
}
