/** The backend of a mount does not answer before the plan is applied. */
import { count } from '../../domain/count.ts'
import type { LiveMount, MountOnNode } from '../../domain/live.ts'
import { type LiveIndex, startsUnder } from '../../domain/live-index.ts'
import { isHash } from '../../domain/names.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule } from '../rule.ts'
import { entryTopic, fileOnNodeTopic, fileTopic } from '../topics.ts'
import { agree, nameSome } from '../wording.ts'

export const mountDown: PlanRule = {
  about: 'plan',
  name: 'mount-down',
  severity: 'warning',
  title: 'A mount does not answer',
  explanation:
    'The mount is listed, but its backend does not answer on a node: its plugin failed to start there. Listings still show the version it ran before. If the plan reloads the mount, it may come up again. On Vault, a mount whose plugin was missing when the node was unsealed answers reads after a reload, but refuses writes until the node steps down or restarts.',
  fix: 'Find the cause in the node’s log: a missing file, another hash, an unregistered version.',
  allowable: true,
  judge({ live, draft }) {
    const effects = effectsOf(draft)
    return draft.targets.flatMap(({ plugin }) => {
      const down = draft.index.mountsOf(plugin.id).flatMap((mount) => {
        const views = mount.nodes.filter((view) => view.answers === 'no')
        return views.length === 0 ? [] : { path: mount.path, views, mount }
      })
      const first = down[0]?.views[0]
      if (first === undefined) return []
      const views = down.flatMap(({ path, views }) => views.map(({ node }) => ({ path, node })))
      const where = views.map(({ path, node }) => `${path} on ${node}`)
      const reloaded = views.filter(({ path, node }) => effects.reloads(path, node)).length
      const plan =
        reloaded === views.length
          ? `The plan reloads ${agree(down.length, 'it', 'them')} there`
          : reloaded === 0
            ? `The plan does not reload ${agree(down.length, 'it', 'them')} there`
            : `The plan reloads ${reloaded} of these ${views.length}`
      const writes =
        live.product === 'vault' && reloaded > 0
          ? ', which may bring back reads but not writes until the node steps down or restarts'
          : ''
      const detail = first.detail === undefined ? '' : ` (“${first.detail}”)`
      return {
        subject: plugin.id,
        message: `${count(down.length, 'mount')} of ${plugin.id} ${agree(down.length, 'does', 'do')} not answer: ${nameSome(where)}${detail}. ${plan}${writes}.`,
        mounts: down.map(({ path }) => path),
        nodes: views.map(({ node }) => node),
        at: plugin.source,
        topics: down.flatMap(({ mount, views }) => topicsOfStart(mount, views, draft.index)),
      }
    })
  },
}

/**
 * The topics of a start: the entry that it needs if that is not registered, else its file on each
 * node.
 */
function topicsOfStart(
  { plugin, configured_version }: LiveMount,
  views: readonly MountOnNode[],
  index: LiveIndex,
): readonly string[] {
  const version = startsUnder(index, plugin, configured_version)
  if (version === undefined) return []
  const entry = index.external(plugin, version)
  if (entry === undefined) return [entryTopic(plugin, version)]
  const { command, sha256 } = entry
  if (command === undefined) return []
  return [
    ...(isHash(sha256) ? [fileTopic({ command, sha256 })] : []),
    ...views.map(({ node }) => fileOnNodeTopic(command, node)),
  ]
}
