/** A step would change an entry that the server's own configuration declares. */
import { groupBy } from '../../domain/group-by.ts'
import { versionLabel } from '../../domain/names.ts'
import type { PlanRule } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const declaredByServer: PlanRule = {
  about: 'plan',
  name: 'declared-by-server',
  severity: 'error',
  title: 'An entry is declared in the server’s configuration',
  explanation:
    'OpenBao can take plugins from its own configuration file. It accepts a request that registers over such an entry (seen in 2.7.2). After that no node comes up again: a node that restarts does not serve (`conflicts with existing non-declarative plugin` in its log), and after a change of leader no node can lead. A declared entry that is deregistered comes back at the next change of leader. So such an entry changes only with the configuration file, on every node.',
  fix: 'Change the server’s configuration on every node, and remove the version from `versions` or `retire` in the file.',
  allowable: false,
  judge({ draft }) {
    const refused = draft.steps.flatMap(({ action }) => {
      if (action.kind !== 'register' && action.kind !== 'deregister') return []
      const entry = draft.index.external(action.plugin, action.version)
      return entry?.declarative === true ? action : []
    })
    const sources = new Map(draft.targets.map(({ plugin }) => [plugin.id, plugin.source]))
    return [...groupBy(refused, ({ plugin }) => plugin)].map(([plugin, actions]) => {
      const what = actions.map(({ kind, version }) => `${kind} ${versionLabel(version)}`)
      const at = sources.get(plugin)
      return {
        subject: plugin,
        message: `The plan would ${nameSome(what)} of ${plugin}, but the server’s own configuration declares ${agree(actions.length, 'that entry', 'those entries')}.`,
        ...(at !== undefined && { at }),
      }
    })
  },
}
