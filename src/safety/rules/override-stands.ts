/** `use: builtin` while an unversioned entry that is not retired stands in the builtin's place. */
import { UNVERSIONED } from '../../domain/names.ts'
import type { PlanRule } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const overrideStands: PlanRule = {
  about: 'plan',
  name: 'override-stands',
  severity: 'error',
  title: 'An unversioned entry stands in the builtin’s place',
  explanation:
    'While an unversioned entry stands under a builtin’s name, mounts without a version run that entry, and the builtin’s own version cannot be tuned to. It must be deregistered before any mount can go back to the builtin. Nothing is deregistered that the file does not retire.',
  fix: 'Add `retire: [unversioned]` under the plugin, or leave its mounts on the unversioned entry.',
  allowable: false,
  judge({ draft }) {
    return draft.impossible.flatMap((one) => {
      if (one.kind !== 'override-stands') return []
      const { plugin, mounts, connections, source: at } = one
      const paths = [...mounts, ...connections]
      const stands = draft.index.external(plugin, UNVERSIONED) !== undefined
      return {
        subject: plugin,
        message: `${nameSome(paths)} ${agree(paths.length, 'is', 'are')} to run the builtin ${plugin}, but an unversioned entry ${stands ? 'stands' : 'listed in the file would stand'} in its place${stands ? ' and the file does not retire it' : ''}.`,
        mounts,
        ...(!stands && { fix: 'Take `unversioned` out of `versions`, or leave its mounts on it.' }),
        at,
      }
    })
  },
}
