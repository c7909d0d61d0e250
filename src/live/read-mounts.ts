/**
 * Joins the mounts of the cluster from each node's list, and asks each mount on each node whether
 * it answers.
 */
import pLimit from 'p-limit'
import { groupBy } from '../domain/group-by.ts'
import type { LiveMount, LiveNode, MountOnNode, Unreadable } from '../domain/live.ts'
import { compareText, type MountPath, type NodeAddress } from '../domain/names.ts'
import type { Reader } from '../server/reader.ts'
import { REQUESTS_PER_NODE } from '../server/request-limits.ts'
import { askMount, type ListedMount, type NodeList } from './mounts.ts'

/**
 * How many mounts, counted on each node, were asked whether they answer, and how many will be asked
 * in all.
 */
export interface MountProgress {
  readonly done: number
  readonly of: number
}

export interface MountsQuestion {
  readonly lists: readonly NodeList[]
  /** The lists after those that differ were read again. */
  readonly settled: Promise<readonly NodeList[]>
  /** Selects the mounts to ask. */
  readonly asks: (mount: ListedMount) => boolean
  /** Called after each answer. */
  readonly onProgress?: (progress: MountProgress) => void
}

export interface MountsReading {
  /** Sorted by path. */
  readonly mounts: readonly LiveMount[]
  readonly unreadable: readonly Unreadable[]
}

/**
 * Asks the mounts of `lists` while lists that differ are read again. Then asks only those mounts
 * whose listing changed.
 */
export async function readMounts(
  reader: Reader,
  { lists, settled, asks, onProgress }: MountsQuestion,
): Promise<MountsReading> {
  const answers = new Map<string, MountAnswer>()
  let done = 0
  let of = 0
  const ask = async (views: readonly NodeMount[]): Promise<void> => {
    const asked = views.filter(({ mount }) => asks(mount))
    of += asked.length
    if (asked.length > 0) onProgress?.({ done, of })
    await Promise.all(
      [...groupBy(asked, ({ node }) => node.address).values()].map((ofNode) =>
        // In groups, so that the request for a list that is read again does not wait for all of
        // these.
        pLimit(REQUESTS_PER_NODE).map(ofNode, async ({ node, mount }) => {
          const answer = await askMount(reader, node.address, mount)
          answers.set(placeOf(node.address, mount.path), { mount, ...answer })
          onProgress?.({ done: (done += 1), of })
        }),
      ),
    )
  }
  const first = ask(viewsOf(lists))
  // Awaited below. `settled` may reject first; without this line Node would report an unhandled
  // rejection.
  first.catch(() => undefined)
  const views = viewsOf(await settled)
  await first
  await ask(
    views.filter(({ node, mount }) => {
      const asked = answers.get(placeOf(node.address, mount.path))?.mount
      return asked === undefined || !isSameLine(asked, mount)
    }),
  )
  const joined = joinViews(views, (node, path) => {
    const { mount: _, ...answer } = answers.get(placeOf(node, path)) ?? UNASKED
    return answer
  })
  return {
    mounts: joined.mounts,
    unreadable: [...unreadableOf(await settled), ...joined.unreadable],
  }
}

type Answer = Pick<MountOnNode, 'answers' | 'detail'>
/** With the mount's listing at the time of the request. */
type MountAnswer = Answer & { readonly mount?: ListedMount }
const UNASKED: MountAnswer = { answers: 'unchecked' }

function placeOf(node: NodeAddress, path: MountPath): string {
  return `${node} ${path}`
}

function isSameLine(a: ListedMount, b: ListedMount): boolean {
  return (
    a.accessor === b.accessor &&
    a.plugin === b.plugin &&
    a.running_sha256 === b.running_sha256 &&
    a.running_version === b.running_version
  )
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
function joinViews(
  views: readonly NodeMount[],
  answerOf: (node: NodeAddress, path: MountPath) => Answer,
): MountsReading {
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
        nodes: nodes.sort((a, b) => compareText(a.node, b.node)),
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
