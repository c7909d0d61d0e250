/**
 * What a node of a cluster is known by. The address of a node can change when the node restarts (a
 * pod gets another one), and the same node has another address through a port forward. Pure.
 */
import type { LiveNode } from './live.ts'
import { compareText, type NodeAddress, type NodeId } from './names.ts'

export interface NodeIdentity {
  readonly id: NodeId
  /** The best that is known: the node id of Raft, else the cluster address, else the API address. */
  readonly id_source: 'raft' | 'cluster_address' | 'api_address'
}

/** A node as a document lists it. No id: the document knows only the address. */
export interface RecordedNode extends Partial<NodeIdentity> {
  readonly address: NodeAddress
}

type KnownNode = Pick<LiveNode, 'address' | 'raft_id' | 'cluster_address'>

/** The identity of a node. Measured on OpenBao 2.7.2: the node id of Raft stays after a restart. */
export function identityOf({ address, raft_id, cluster_address }: KnownNode): NodeIdentity {
  if (raft_id !== undefined) return { id: raft_id as NodeId, id_source: 'raft' }
  if (cluster_address !== undefined) {
    return { id: cluster_address as NodeId, id_source: 'cluster_address' }
  }
  return { id: address as string as NodeId, id_source: 'api_address' }
}

/** A node as documents list it: without its id if only its address is known. */
export function recordNode(node: KnownNode): RecordedNode {
  const { id, id_source } = identityOf(node)
  return { address: node.address, ...(id_source !== 'api_address' && { id, id_source }) }
}

/** The best first. */
const SOURCES: readonly NodeIdentity['id_source'][] = ['raft', 'cluster_address', 'api_address']

/**
 * Orders nodes by what stays, so that the same cluster has the same order at other addresses. Nodes
 * of which only the address is known come last.
 */
export function compareNodes(a: KnownNode, b: KnownNode): number {
  const [one, other] = [identityOf(a), identityOf(b)]
  const bySource = SOURCES.indexOf(one.id_source) - SOURCES.indexOf(other.id_source)
  return bySource || compareText(one.id, other.id)
}

/** The address of each recorded node in the cluster as it is now, by its recorded address. */
export type AddressesNow = ReadonlyMap<NodeAddress, NodeAddress>

/**
 * Finds the recorded nodes that have another address now. Empty if all have the same address. A
 * node that is not in the cluster any more, and whose address another node has now, gets an address
 * that no node has: what is recorded of one node is never taken for another node.
 */
export function findAddresses(
  recorded: readonly RecordedNode[],
  live: readonly KnownNode[],
): AddressesNow {
  const taken = new Set(live.map(({ address }) => address))
  return new Map(
    recorded.flatMap((node) => {
      const now = live.find((one) => isSameNode(node, one))?.address
      if (now === node.address) return []
      if (now !== undefined) return [[node.address, now] as const]
      return taken.has(node.address) ? [[node.address, goneAddress(node)] as const] : []
    }),
  )
}

function isSameNode({ address, id, id_source }: RecordedNode, live: KnownNode): boolean {
  const known = id_source === 'raft' ? live.raft_id : live.cluster_address
  // Without the right to read the ids of Raft, only the address is left to compare.
  if (id === undefined || id_source === 'api_address' || known === undefined) {
    return live.address === address
  }
  return known === id
}

/** `.invalid` is reserved: no server has such a name (RFC 2606). Shows the id if a host can have it. */
function goneAddress({ address, id = '' as NodeId }: RecordedNode): NodeAddress {
  const isName = /^[a-z0-9-]{1,60}$/.test(id)
  const name = isName ? id : Buffer.from(id).toString('hex').slice(0, 60)
  return `${new URL(address).protocol}//${name}.gone.invalid` as NodeAddress
}

/** The recorded nodes that are not in the cluster now. Those whose id is not known are left out. */
export function findGone(
  recorded: readonly RecordedNode[],
  live: readonly KnownNode[],
): readonly RecordedNode[] {
  return recorded.filter(
    (node) => node.id !== undefined && !live.some((one) => isSameNode(node, one)),
  )
}

/** The value with the nodes' addresses of now, wherever a property `node` holds an address. */
export function renameNodes<Value>(value: Value, addresses: AddressesNow): Value {
  if (addresses.size === 0) return value
  const rename = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(rename)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(
      Object.entries(part).map(([key, inner]) => [
        key,
        key === 'node' && typeof inner === 'string'
          ? (addresses.get(inner as NodeAddress) ?? inner)
          : rename(inner),
      ]),
    )
  }
  return rename(value) as Value
}
