/** The mounts of the cluster, joined from what each node lists, and whether each answers there. */
import pLimit from 'p-limit'
import { groupBy } from '../domain/group-by.ts'
import type { LiveMount, LiveNode, MountOnNode, Unreadable } from '../domain/live.ts'
import { compareText, type MountPath, type NodeAddress } from '../domain/names.ts'
import type { Reader } from '../server/reader.ts'
import { REQUESTS_PER_NODE } from '../server/request-limits.ts'
import { askMount, type ListedMount, type NodeList } from './mounts.ts'

/** Mounts that were asked whether they answer, on each node, and that are to be asked. */
export interface MountProgress {
  readonly done: number
  readonly of: number
}

export interface MountsQuestion {
  readonly lists: readonly NodeList[]
  /** The lists after those that differ were read again. */
  readonly settled: Promise<readonly NodeList[]>
  /** Which mounts are asked whether they answer. */
  readonly asks: (mount: ListedMount) => boolean
  /** Hears of each answer. */
  readonly tell?: (progress: MountProgress) => void
}

export interface MountsReading {
  /** Sorted by path. */
  readonly mounts: readonly LiveMount[]
  readonly unreadable: readonly Unreadable[]
}

/**
 * Asks the mounts of the lists at once, while lists that differ are read again; then those alone
 * whose lines in the lists changed by that.
 */
export async function readMounts(
  reader: Reader,
  { lists, settled, asks, tell }: MountsQuestion,
): Promise<MountsReading> {
  const answers = new Map<string, MountAnswer>()
  let done = 0
  let of = 0
  const ask = async (views: readonly NodeMount[]): Promise<void> => {
    const asked = views.filter(({ mount }) => asks(mount))
    of += asked.length
    if (asked.length > 0) tell?.({ done, of })
    await Promise.all(
      [...groupBy(asked, ({ node }) => node.address).values()].map((ofNode) =>
        // A list that is read again does not wait for all of these.
        pLimit(REQUESTS_PER_NODE).map(ofNode, async ({ node, mount }) => {
          const answer = await askMount(reader, node.address, mount)
          answers.set(placeOf(node.address, mount.path), { mount, ...answer })
          tell?.({ done: (done += 1), of })
        }),
      ),
    )
  }
  const first = ask(viewsOf(lists))
  // It is awaited below; until then, the other may fail first.
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
/** With the line of the list that the mount had when it was asked. */
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

/** Each mount once, as the active node lists it if it does. */
export function mountsOfCluster(lists: readonly NodeList[]): readonly ListedMount[] {
  return [...groupBy(viewsOf(lists), ({ mount }) => mount.path).values()].flatMap(
    (group) => viewOfCluster(group)?.mount ?? [],
  )
}

/** The active node's word is the cluster's. */
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

/** `answerOf`: whether the mount answers on the node. */
function joinViews(
  views: readonly NodeMount[],
  answerOf: (node: NodeAddress, path: MountPath) => Answer,
): MountsReading {
  const byPath = [...groupBy(views, ({ mount }) => mount.path).values()]
  const joined = byPath.flatMap((group) => {
    const told = viewOfCluster(group)
    if (told === undefined) return []
    const { path, namespace, plugin, accessor, configured_version } = told.mount
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
      unreadable: group.flatMap((view) => anotherMount(view, told)),
    }
  })
  return {
    mounts: joined.map(({ mount }) => mount).sort((a, b) => compareText(a.path, b.path)),
    unreadable: joined.flatMap(({ unreadable }) => unreadable),
  }
}

/**
 * All nodes of a cluster have one mount table, so one of the two lists is wrong. It is not known
 * which one: a standby may not have heard yet that the mount at the path was made anew.
 */
function anotherMount({ node, mount }: NodeMount, told: NodeMount): Unreadable[] {
  if (mount.plugin === told.mount.plugin && mount.accessor === told.mount.accessor) return []
  const name = ({ plugin, accessor }: ListedMount): string => `${plugin} (accessor ${accessor})`
  return [
    {
      what: 'mounts',
      path: mount.path,
      node: node.address,
      reason: `the node lists ${name(mount)} there, and ${told.node.address} lists ${name(told.mount)}`,
      fix: 'Run this again in a moment. If the nodes still disagree, restart that node: a node reads the mounts from storage when it starts.',
    },
  ]
}
