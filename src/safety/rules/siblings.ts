/** Mounts that share a process with a reloaded mount and are not named in that reload. */
import type { LiveMount, MountOnNode } from '../../domain/live.ts'
import { BUILTIN, type MountPath, type NodeAddress, type PluginId } from '../../domain/names.ts'
import type { PlanRule } from '../rule.ts'
import { count } from '../../domain/count.ts'
import { groupBy } from '../../domain/group-by.ts'
import { agree, nameSome } from '../wording.ts'

export const siblings: PlanRule = {
  about: 'plan',
  name: 'siblings',
  severity: 'note',
  title: 'Mounts that share a plugin process notice the reload',
  explanation:
    'Mounts of one catalog entry share one process if the plugin multiplexes, as most do. A mount that is reloaded loses no request: its requests wait. Other mounts of the process, which the reload does not name, lose the process: for 0.15 to 0.4 s some of their requests fail with status 500. One retry after a short wait is enough. The mounts that follow a canary are such mounts.',
  fix: 'Nothing to do. If clients do not retry, apply in a quiet hour.',
  allowable: true,
  judge({ draft }) {
    const running = draft.targets
      .flatMap(({ plugin }) => draft.index.mountsOf(plugin.id))
      .flatMap((mount) => mount.nodes.map((view) => ({ mount, view })))
      .filter(({ view }) => view.running_sha256 !== BUILTIN)
    const processes = groupBy(running, ({ mount, view }) => keyOf(mount, view))
    const disturbed = new Map<PluginId, { mounts: Set<MountPath>; nodes: Set<NodeAddress> }>()
    for (const { action } of draft.steps) {
      if (action.kind !== 'reload') continue
      const named = new Set(action.mounts)
      for (const path of action.mounts) {
        const mount = draft.index.mountAt(path)
        const view = mount?.nodes.find(({ node }) => node === action.node)
        if (mount === undefined || view === undefined) continue
        const key = keyOf(mount, view)
        const otherMounts = (processes.get(key) ?? [])
          .map((served) => served.mount.path)
          .filter((served) => !named.has(served))
        // A later reload disturbs no mount that this one does not.
        processes.delete(key)
        if (otherMounts.length === 0) continue
        const found = disturbed.get(mount.plugin) ?? { mounts: new Set(), nodes: new Set() }
        disturbed.set(mount.plugin, found)
        otherMounts.forEach((other) => found.mounts.add(other))
        found.nodes.add(action.node)
      }
    }
    const sources = new Map(draft.targets.map(({ plugin }) => [plugin.id, plugin.source]))
    return [...disturbed].map(([plugin, { mounts, nodes }]) => {
      const at = sources.get(plugin)
      return {
        subject: plugin,
        message: `${count(mounts.size, 'mount')} of ${plugin} may share a process with mounts that are reloaded, and ${agree(mounts.size, 'sees', 'see')} a few failed requests for 0.15 to 0.4 s at each such reload: ${nameSome([...mounts])}.`,
        mounts: [...mounts],
        nodes: [...nodes],
        ...(at !== undefined && { at }),
      }
    })
  },
}

/** Mounts of one entry share one process on a node. */
function keyOf(mount: LiveMount, view: MountOnNode): string {
  return `${view.node} ${mount.plugin} ${view.running_version} ${view.running_sha256}`
}
