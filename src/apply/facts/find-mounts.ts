/**
 * Finds the mounts that facts are about: one by one if they are few, else by one list for each node
 * and namespace. So a fact about one mount costs the same however many other mounts there are.
 */
import type { Fact } from '../../documents/plan.generated.ts'
import { unreachable } from '../../domain/errors.ts'
import type { MountPath, Namespace, NodeAddress } from '../../domain/names.ts'
import { remember } from '../../domain/remember.ts'
import {
  type ListedMount,
  listMountsOfNode,
  type NodeMounts,
  readMount,
} from '../../live/mounts.ts'
import type { Reader } from '../../server/reader.ts'

/**
 * At most so many mounts of one node and namespace are asked for one by one, or more if the cluster
 * has more than LISTED_PER_QUESTION times as many. Measured on OpenBao 2.7.2 over four connections:
 * the list of 1,060 mounts takes 45 to 60 ms and is 0.8 MB to decode, 60 questions take 15 to 35 ms.
 */
const ONE_BY_ONE = 30
const LISTED_PER_QUESTION = 10

export interface AskedMount {
  readonly mount: MountPath
  readonly namespace: Namespace
}

export type FoundMount = { readonly kind: 'mount'; readonly mount: ListedMount } | NoMount
export type NoMount =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unseen'; readonly why: string; readonly denied: boolean }

export interface MountFinder {
  /** Returns the mount as the node lists it, or why it cannot be read. */
  readonly find: (node: NodeAddress, asked: AskedMount) => Promise<FoundMount>
  /** The same, for a mount that should be absent: only the list proves that. */
  readonly findInList: (node: NodeAddress, asked: AskedMount) => Promise<FoundMount>
}

export interface MountReader {
  readonly client: Reader
  readonly active: NodeAddress
  /** How many mounts the cluster has; 0 if that is not known. */
  readonly mountCount: number
}

/** Made for one call of `findMismatches`: an answer of a node is used for every fact. */
export function createMountFinder(
  { client: reader, active, mountCount }: MountReader,
  facts: readonly Fact[],
): MountFinder {
  const most = Math.max(ONE_BY_ONE, mountCount / LISTED_PER_QUESTION)
  const numbers = countMounts(facts, active)
  const lists = new Map<string, Promise<IndexedMounts>>()
  const mounts = new Map<string, Promise<ListedMount | undefined>>()
  const findInList = async (node: NodeAddress, asked: AskedMount): Promise<FoundMount> => {
    const list = remember(lists, keyOf(node, asked.namespace), () =>
      indexMounts(listMountsOfNode(reader, node, asked.namespace)),
    )
    return findAmong(await list, asked.mount)
  }
  return {
    findInList,
    find: async (node, asked) => {
      const { mount: path, namespace } = asked
      const key = keyOf(node, namespace)
      if ((numbers.get(key) ?? 0) > most) return findInList(node, asked)
      const mount = await remember(mounts, `${key} ${path}`, () =>
        readMount(reader, node, { path, namespace }),
      )
      return mount === undefined ? findInList(node, asked) : { kind: 'mount', mount }
    },
  }
}

function keyOf(node: NodeAddress, namespace: Namespace): string {
  return `${node} ${namespace}`
}

/** Counts the mounts that the facts are about, by node and namespace. */
function countMounts(facts: readonly Fact[], active: NodeAddress): ReadonlyMap<string, number> {
  const asked = new Map<string, Set<MountPath>>()
  for (const fact of facts) {
    if (fact.fact !== 'mount' && fact.fact !== 'running') continue
    const key = keyOf(fact.node ?? active, fact.namespace)
    remember(asked, key, () => new Set<MountPath>()).add(fact.mount)
  }
  return new Map([...asked].map(([key, paths]) => [key, paths.size]))
}

interface IndexedMounts {
  readonly listed: NodeMounts
  readonly byPath: ReadonlyMap<MountPath, ListedMount>
}

async function indexMounts(reading: Promise<NodeMounts>): Promise<IndexedMounts> {
  const listed = await reading
  const mounts = listed.kind === 'itself' ? listed.mounts : []
  return { listed, byPath: new Map(mounts.map((mount) => [mount.path, mount])) }
}

function findAmong({ listed, byPath }: IndexedMounts, path: MountPath): FoundMount {
  switch (listed.kind) {
    case 'forwards':
      // A standby answers so if it does not know the token.
      return { kind: 'unseen', why: 'the node sends us to the active node', denied: true }
    case 'unreadable': {
      const { reason, denied } = listed.unreadable
      return { kind: 'unseen', why: reason, denied: denied === true }
    }
    case 'itself': {
      const mount = byPath.get(path)
      return mount === undefined ? { kind: 'absent' } : { kind: 'mount', mount }
    }
    default:
      return unreachable(listed)
  }
}
