/** Joins the mounts of the cluster from each node's list, with whether each mount answers there. */
import { groupBy } from '../domain/group-by.ts'
import type { LiveMount, LiveNode, Unreadable } from '../domain/live.ts'
import { compareText } from '../domain/names.ts'
import type { MountAsker } from './ask-mounts.ts'
import type { ListedMount, NodeList } from './mounts.ts'

export interface MountsReading {
  /** Sorted by path. */
  readonly mounts: readonly LiveMount[]
  readonly unreadable: readonly Unreadable[]
}

export interface MountsQuestion {
  readonly lists: readonly NodeList[]
  /** The lists after those that differ were read again. */
  readonly settled: Promise<readonly NodeList[]>
  /** May have asked some of the mounts already. */
  readonly asker: MountAsker
}

/**
 * Asks the mounts of `lists` while lists that differ are read again. Then asks only those mounts
 * whose listing changed.
 */
export async function readMounts({
  lists,
  settled,
  asker,
}: MountsQuestion): Promise<MountsReading> {
  const first = asker.ask(viewsOf(lists))
  // Awaited below. `settled` may reject first; without this line Node would report an unhandled
  // rejection.
  first.catch(() => undefined)
  const views = viewsOf(await settled)
  await first
  await asker.ask(views)
  const joined = joinViews(views, asker.answerOf)
  return {
    mounts: joined.mounts,
    unreadable: [...unreadableOf(await settled), ...joined.unreadable],
  }
}

interface NodeMount {
  readonly node: LiveNode
  readonly mount: ListedMount
}

function viewsOf(lists: readonly NodeList[]): readonly NodeMount[] {
  return lists.flatMap(({ node, listed }) =>
    listed.kind === 'itself' ? listed.mounts.map((mount) => ({ node, mount })) : [],
  )
}

/**
 * Each mount once, as the active node lists it; as another node lists it if the active node does
 * not.
 */
export function mountsOfCluster(lists: readonly NodeList[]): readonly ListedMount[] {
  return [...groupBy(viewsOf(lists), ({ mount }) => mount.path).values()].flatMap(
    (group) => viewOfCluster(group)?.mount ?? [],
  )
}

/** The active node's view is the cluster's view. */
function viewOfCluster(group: readonly NodeMount[]): NodeMount | undefined {
  return group.find(({ node }) => node.role === 'active') ?? group[0]
}

function unreadableOf(lists: readonly NodeList[]): readonly Unreadable[] {
  return lists.flatMap(({ listed }) => {
    switch (listed.kind) {
      case 'itself':
        return listed.unusable
      case 'unreadable':
        return [listed.unreadable]
      case 'forwards':
        return []
    }
  })
}

/** Joins the views of each mount. `answerOf`: whether the mount answers on the node. */
function joinViews(views: readonly NodeMount[], answerOf: MountAsker['answerOf']): MountsReading {
  const byPath = [...groupBy(views, ({ mount }) => mount.path).values()]
  const joined = byPath.flatMap((group) => {
    const clusterView = viewOfCluster(group)
    if (clusterView === undefined) return []
    const { path, namespace, plugin, accessor, configured_version } = clusterView.mount
    const nodes = group.map(({ node, mount }) => ({
      node: node.address,
      configured_version: mount.configured_version,
      running_version: mount.running_version,
      running_sha256: mount.running_sha256,
      ...answerOf(node.address, path),
    }))
    return {
      mount: {
        path,
        namespace,
        plugin,
        accessor,
        configured_version,
        nodes,
      },
      unreadable: group.flatMap((view) => findOtherMount(view, clusterView)),
    }
  })
  return {
    mounts: joined.map(({ mount }) => mount).sort((a, b) => compareText(a.path, b.path)),
    unreadable: joined.flatMap(({ unreadable }) => unreadable),
  }
}

/**
 * Reports a node that lists another mount at the path. All nodes of a cluster have one mount table,
 * so one of the two lists is wrong. It is unknown which: a standby may not have seen yet that the
 * mount at the path was made again.
 */
function findOtherMount({ node, mount }: NodeMount, clusterView: NodeMount): Unreadable[] {
  const expected = clusterView.mount
  if (mount.plugin === expected.plugin && mount.accessor === expected.accessor) return []
  const name = ({ plugin, accessor }: ListedMount): string => `${plugin} (accessor ${accessor})`
  return [
    {
      what: 'mounts',
      path: mount.path,
      node: node.address,
      reason: `the node lists ${name(mount)} there, and ${clusterView.node.address} lists ${name(expected)}`,
      fix: 'Run this again in a moment. If the nodes still disagree, restart that node: a node reads the mounts from storage when it starts.',
    },
  ]
}
