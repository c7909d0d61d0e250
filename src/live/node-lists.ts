/**
 * Reads the mount lists of every node in every namespace. Only lists that differ are read again: a
 * standby of OpenBao may be behind the active node.
 */
import { LockstepError } from '../domain/errors.ts'
import type { LiveNode } from '../domain/live.ts'
import { type Namespace, type NodeAddress, ROOT_NAMESPACE } from '../domain/names.ts'
import type { Reader } from '../server/reader.ts'
import { findListDifferences, type ListDifference } from './list-differences.ts'
import { listMountsOfNode, type NodeList, type NodeMounts } from './mounts.ts'

export interface ListsQuestion {
  readonly nodes: readonly LiveNode[]
  /**
   * The root namespace's mounts of each node. Their requests were started while the nodes' states
   * were read.
   */
  readonly roots: ReadonlyMap<NodeAddress, Promise<NodeMounts>>
  readonly namespaces: readonly Namespace[]
}

/**
 * Reads all lists in parallel. Throws a LockstepError if the active node refuses the list of the
 * root namespace.
 */
export async function readLists(
  reader: Reader,
  { nodes, roots, namespaces }: ListsQuestion,
): Promise<readonly NodeList[]> {
  const lists = await Promise.all(
    nodes
      .filter(({ state }) => state === 'serving')
      .flatMap((node) =>
        namespaces.map(async (namespace) => ({
          node,
          namespace,
          listed: await ((namespace === ROOT_NAMESPACE ? roots.get(node.address) : undefined) ??
            listMountsOfNode(reader, node.address, namespace)),
        })),
      ),
  )
  for (const { node, namespace, listed } of lists) {
    // Without this list no live state can be described.
    if (namespace === ROOT_NAMESPACE && node.role === 'active' && listed.kind === 'unreadable') {
      throw listed.error
    }
  }
  return lists
}

/**
 * Milliseconds to wait before lists that differ are read again. Measured on OpenBao 2.7.2: a
 * standby sees a token, a mount or a tune up to 200 ms later than the active node.
 */
const READ_AGAIN_AFTER = [150, 350, 700] as const

/**
 * The lists, after those that differ were read again for a bounded time. A difference that remains
 * is recorded in the reader, and later calls do not wait for it. `mayForward`: the nodes that are
 * configured to forward and have no list of their own.
 */
export async function settleLists(
  reader: Reader,
  lists: readonly NodeList[],
  mayForward: ReadonlySet<NodeAddress>,
): Promise<readonly NodeList[]> {
  const isNew = ({ about }: ListDifference): boolean => !reader.lasting.has(about)
  let settled = lists
  for (const pause of READ_AGAIN_AFTER) {
    const differences = findListDifferences(settled, mayForward).filter(isNew)
    if (differences.length === 0) return settled
    await reader.wait(pause)
    settled = await readAgain(reader, settled, differences)
  }
  for (const { about } of findListDifferences(settled, mayForward)) reader.lasting.add(about)
  return settled
}

/**
 * Reads the lists that differ again, and the active node's list too: it may have changed between
 * the two readings.
 */
async function readAgain(
  reader: Reader,
  lists: readonly NodeList[],
  differences: readonly ListDifference[],
): Promise<readonly NodeList[]> {
  const differing = new Set(differences.map(placeOf))
  const namespaces = new Set(differences.map(({ namespace }) => namespace))
  return Promise.all(
    lists.map(async (list) => {
      const { node, namespace } = list
      const isAsked =
        differing.has(placeOf({ node: node.address, namespace })) ||
        (node.role === 'active' && namespaces.has(namespace))
      return isAsked ? { ...list, listed: await listAgain(reader, list) } : list
    }),
  )
}

function placeOf({ node, namespace }: Pick<ListDifference, 'node' | 'namespace'>): string {
  return `${node} ${namespace}`
}

/** The node's list, read again. The earlier list if a standby no longer answers. */
async function listAgain(
  reader: Reader,
  { node, namespace, listed }: NodeList,
): Promise<NodeMounts> {
  try {
    return await listMountsOfNode(reader, node.address, namespace)
  } catch (error) {
    if (node.role === 'active' || !(error instanceof LockstepError)) throw error
    return listed
  }
}
