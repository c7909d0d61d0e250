/**
 * Finds differences between the nodes' mount lists. All nodes of a cluster have the same mounts.
 * Pure.
 */
import { groupBy } from '../domain/group-by.ts'
import type { Namespace, NodeAddress } from '../domain/names.ts'
import type { NodeList, NodeMounts } from './mounts.ts'

export interface ListDifference {
  /** The node whose list differs from the active node's. */
  readonly node: NodeAddress
  readonly namespace: Namespace
  /** Identifies the difference: two readings with the same text found the same difference. */
  readonly about: string
}

/**
 * The differences in what the cluster replicates to every node: which mounts exist, and how each is
 * tuned. What a node runs is its own and is not compared. A list that every node refuses is no
 * difference: the token lacks the right. `mayForward`: nodes that have no list of their own.
 */
export function findListDifferences(
  lists: readonly NodeList[],
  mayForward: ReadonlySet<NodeAddress>,
): readonly ListDifference[] {
  const own = lists.filter(
    ({ node, listed }) => listed.kind !== 'forwards' || !mayForward.has(node.address),
  )
  return [...groupBy(own, ({ namespace }) => namespace).values()].flatMap(compareLists)
}

/** Compares the lists of one namespace. */
function compareLists(lists: readonly NodeList[]): readonly ListDifference[] {
  const readable = lists.filter(({ listed }) => listed.kind === 'itself')
  const reference = readable.find(({ node }) => node.role === 'active') ?? readable[0]
  if (reference === undefined) return []
  const expected = settingsOf(reference.listed)
  return lists.flatMap((list) => {
    const { node, namespace, listed } = list
    if (list === reference) return []
    const differing =
      listed.kind === 'itself' ? compareSettings(expected, settingsOf(listed)) : [listed.kind]
    return differing.map((what) => ({
      node: node.address,
      namespace,
      about: `${node.address} ${namespace} ${what}`,
    }))
  })
}

/** The replicated settings of each mount, by path. */
type Settings = ReadonlyMap<string, string>

function settingsOf(listed: NodeMounts): Settings {
  if (listed.kind !== 'itself') return new Map()
  return new Map([
    ...listed.mounts.map(
      ({ path, plugin, accessor, configured_version }) =>
        [path, `${plugin} ${accessor} ${configured_version}`] as const,
    ),
    ...listed.unusable.map(({ path, reason }) => [path, reason] as const),
  ])
}

function compareSettings(expected: Settings, found: Settings): readonly string[] {
  const differing = [...expected].flatMap(([path, setting]) =>
    found.get(path) === setting
      ? []
      : `${path}: ${found.get(path) ?? 'not listed'}, expected ${setting}`,
  )
  const added = [...found].flatMap(([path, setting]) =>
    expected.has(path) ? [] : `${path}: ${setting}, expected nothing`,
  )
  return [...differing, ...added]
}
