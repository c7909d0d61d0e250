/** Mounts that share a process with a reloaded mount and are not named in that reload. */
import type { ReloadAction } from '../../documents/plan.generated.ts'
import type { MountOnNode } from '../../domain/live.ts'
import type { LiveIndex } from '../../domain/live-index.ts'
import { BUILTIN, type MountPath, type NodeAddress, type PluginId } from '../../domain/names.ts'
import type { PlanRule } from '../rule.ts'
import { count } from '../../domain/count.ts'
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
    const { index } = draft
    const ended = new Set<string>()
    const disturbed = new Map<PluginId, { mounts: Set<MountPath>; nodes: Set<NodeAddress> }>()
    for (const { action } of draft.steps) {
      if (action.kind !== 'reload') continue
      const named = new Set(action.mounts)
      for (const process of processesOf(action, index)) {
        // A later reload disturbs no mount that this one does not.
        if (ended.has(process.key)) continue
        ended.add(process.key)
        const { plugin } = process
        const otherMounts = index
          .mountsOf(plugin)
          .filter(
            ({ path, nodes }) => !named.has(path) && nodes.some((view) => runs(view, process)),
          )
        if (otherMounts.length === 0) continue
        const found = disturbed.get(plugin) ?? { mounts: new Set(), nodes: new Set() }
        disturbed.set(plugin, found)
        otherMounts.forEach(({ path }) => found.mounts.add(path))
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

/** A plugin process on a node. Mounts of one entry share it. */
interface Process {
  readonly plugin: PluginId
  /** The view of one of its mounts. */
  readonly view: MountOnNode
  readonly key: string
}

function runs(view: MountOnNode, { view: other }: Process): boolean {
  return (
    view.node === other.node &&
    view.running_sha256 === other.running_sha256 &&
    view.running_version === other.running_version
  )
}

/** The plugin processes that a reload ends, each once. */
function processesOf({ node, mounts }: ReloadAction, index: LiveIndex): readonly Process[] {
  const processes = new Map<string, Process>()
  let last: Process | undefined
  for (const path of mounts) {
    const mount = index.mountAt(path)
    const view = mount?.nodes.find((one) => one.node === node)
    if (mount === undefined || view === undefined || view.running_sha256 === BUILTIN) continue
    const { plugin } = mount
    // Most mounts of a reload share one process.
    if (last?.plugin === plugin && runs(view, last)) continue
    const key = `${node} ${plugin} ${view.running_version} ${view.running_sha256}`
    last = { plugin, view, key }
    processes.set(key, last)
  }
  return [...processes.values()]
}
