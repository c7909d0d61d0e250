/**
 * Reads the live state of a cluster: its catalog, mounts, connections and pins, and each node's own
 * view. Changes nothing. Anything that cannot be read is named in `unreadable`. Throws only if
 * nothing could be read.
 */
import { LockstepError } from '../domain/errors.ts'
import type { LiveNode, LiveState, Product, Unreadable } from '../domain/live.ts'
import { BUILTIN, type NodeAddress, type PluginId, ROOT_NAMESPACE } from '../domain/names.ts'
import { compareNodes } from '../domain/node-identity.ts'
import { upgradablePlugins } from '../domain/upgradable.ts'
import type { Reader } from '../server/reader.ts'
import { listEntries, readPinnedVersions, ROOT_ALONE } from './catalog.ts'
import { readConnections } from './connections.ts'
import { readEntriesOnNodes } from './entries-on-nodes.ts'
import { listMountsOfNode, type ListedMount, type NodeList, type NodeMounts } from './mounts.ts'
import { readNamespaces } from './namespaces.ts'
import { createStateResolver } from './forwarding-nodes.ts'
import { checkListedNodes } from './listed-nodes.ts'
import { readLists, settleLists } from './node-lists.ts'
import {
  createMountAsker,
  type HasAnswered,
  type MountAsker,
  type MountProgress,
} from './ask-mounts.ts'
import { mountsOfCluster, readMounts } from './read-mounts.ts'
import type { Member } from './members.ts'
import { discoverNodes, type NodeReport, type NodesFound, createHealthReader } from './nodes.ts'

export interface ObserveOptions {
  /** The first address to ask: a node, or a load balancer in front of the nodes. */
  readonly address: NodeAddress
  /** Each node's own address. Absent: the cluster is asked for its nodes. */
  readonly nodes?: readonly NodeAddress[]
  /**
   * The plugins whose mounts are asked whether they answer, and whose entries are read with command
   * and args. Absent: every plugin that has an external entry, runs one, or has no entry left.
   */
  readonly plugins?: ReadonlySet<PluginId>
  /** More plugins to ask about. */
  readonly also?: ReadonlySet<PluginId>
  /** True of a mount that was seen to answer on the node a moment ago: such a mount is not asked again. */
  readonly hasAnswered?: HasAnswered
  /** Called with the progress of the reading. */
  readonly onProgress?: (progress: ReadingProgress) => void
}

export interface ReadingProgress {
  /** The number of nodes that answer for their own mounts. */
  readonly nodes: number
  readonly mounts: MountProgress
}

/** Milliseconds to wait before a cluster without exactly one active node is read again. */
const READ_AGAIN_AFTER = [150, 350, 700] as const

/**
 * Reads the cluster once, and reads again what the nodes list differently. Throws a LockstepError
 * if the cluster cannot be reached, is sealed, or refuses the token.
 */
export async function observe(reader: Reader, options: ObserveOptions): Promise<LiveState> {
  for (const pause of READ_AGAIN_AFTER) {
    const live = await readOnce(reader, options)
    if (activeNodes(live).length === 1 && !isChangingLeader(live)) return live
    await reader.wait(pause)
  }
  const live = await readOnce(reader, options)
  if (activeNodes(live).length > 1) throw severalActiveNodes(activeNodes(live))
  return live
}

function activeNodes({ nodes }: Pick<LiveState, 'nodes'>): readonly LiveNode[] {
  return nodes.filter(({ role }) => role === 'active')
}

/** A node that reports to be active forwards requests if it has just stopped leading. */
function isChangingLeader({ nodes }: LiveState): boolean {
  return nodes.some(({ role, state }) => role === 'active' && state === 'not-ready')
}

async function readOnce(reader: Reader, options: ObserveOptions): Promise<LiveState> {
  const { address, plugins, also, hasAnswered, onProgress } = options
  let serving = 0
  const createAsker = (asks: (mount: ListedMount) => boolean): MountAsker =>
    createMountAsker(reader, {
      asks,
      hasAnswered,
      onProgress: (mounts) => {
        if (serving > 0) onProgress?.({ nodes: serving, mounts })
      },
    })
  // If the plugins are named, a node's mounts are asked as soon as the node has listed them. Else the
  // catalog must be read first: it says which mounts to ask.
  const early =
    plugins === undefined || hasAnswered !== undefined
      ? undefined
      : createAsker(({ plugin }) => plugins.has(plugin) || also?.has(plugin) === true)
  const [found, listed, pinned, namespaces] = await Promise.all([
    readNodeReports(reader, options, early),
    listEntries(reader, address),
    readPinnedVersions(reader, address),
    readNamespaces(reader, address),
  ])
  const active = found.nodes.find(({ node }) => node.role === 'active')
  if (active === undefined) throw noActiveNode(found.nodes.map(({ node }) => node))
  const states = found.nodes.map(({ node }) => node)
  const { namespaces: named } = namespaces
  const lists = await readLists(reader, { nodes: states, roots: found.roots, namespaces: named })
  const product = productOf(lists, active.node.address)
  const tellStates = createStateResolver(reader, { product, active: active.node.address })
  const nodes = await tellStates(states, lists)
  const settled = settleLists(reader, lists, addressesIn(nodes, 'forwarding'))
  // A node that becomes ready also has its own view of the entries.
  const ready = nodes.some(({ state }) => state === 'not-ready')
    ? settled.then((after) => tellStates(states, after))
    : Promise.resolve(nodes)
  serving = addressesIn(nodes, 'serving').size
  const isUpgradable = upgradablePlugins(listed.entries)
  // A mount that runs an external binary is asked too, even if the binary is not registered.
  const asker =
    early ??
    createAsker(
      ({ plugin, running_sha256 }) =>
        also?.has(plugin) === true ||
        (plugins?.has(plugin) ?? (isUpgradable(plugin) || running_sha256 !== BUILTIN)),
    )
  const [entries, mounts, connections, nodesAtEnd] = await Promise.all([
    ready.then((asked) =>
      readEntriesOnNodes(reader, {
        nodes: asked,
        listed: listed.entries,
        asks: ({ plugin }) => plugins?.has(plugin) ?? true,
      }),
    ),
    readMounts({ lists, settled, asker }),
    settled.then((after) =>
      // If all plugins are asked for, connections are always read: a connection whose plugin has no
      // entry left must be shown.
      plugins === undefined ||
      [...plugins, ...(also ?? [])].some((plugin) => plugin.startsWith('database/'))
        ? readConnections(reader, active.node.address, mountsOfCluster(after))
        : { connections: [], unreadable: [] },
    ),
    settled.then((after) => tellStates(states, after)),
  ])
  return {
    product,
    server_version: active.node.version,
    cluster: active.cluster,
    nodes: nodesAtEnd,
    ...(found.unconfirmed && { members_unconfirmed: true }),
    catalog: entries.entries,
    mounts: mounts.mounts,
    connections: connections.connections,
    pins: pinned.pins,
    namespaces: named,
    unreadable: [
      ...found.unreadable,
      ...namespaces.unreadable,
      ...pinned.unreadable,
      ...listed.unreadable,
      ...entries.unreadable,
      ...mounts.unreadable,
      ...connections.unreadable,
    ],
  }
}

function addressesIn(
  nodes: readonly LiveNode[],
  state: LiveNode['state'],
): ReadonlySet<NodeAddress> {
  return new Set(nodes.flatMap((node) => (node.state === state ? node.address : [])))
}

/**
 * The product, from the version of the servers' own `sys/` mount. The server's version alone does
 * not show the product: both have a 2.x. Throws a LockstepError if no node listed its own mounts.
 */
function productOf(lists: readonly NodeList[], active: NodeAddress): Product {
  const systemVersion =
    lists
      .map(({ listed }) => (listed.kind === 'itself' ? listed.system_version : ''))
      .find((version) => version !== '') ?? ''
  if (systemVersion.endsWith('+builtin.bao')) return 'openbao'
  if (systemVersion.endsWith('+builtin.vault')) return 'vault'
  throw new LockstepError(
    systemVersion === ''
      ? {
          code: 'no-active-node',
          message: `${active} is the active node, and sends what it is asked for to another`,
          hint: 'The cluster is changing its leader: run this again in a moment.',
        }
      : {
          code: 'odd-answer',
          message: `${active} answered sys/mounts with something that is not its documented shape: the version of sys/ is "${systemVersion}", neither OpenBao’s nor Vault’s`,
          hint: 'Check that the address is that of an OpenBao or Vault server.',
        },
  )
}

interface NodesReading {
  /** In the order of `compareNodes`. */
  readonly nodes: readonly NodeReport[]
  readonly roots: ReadonlyMap<NodeAddress, Promise<NodeMounts>>
  readonly unreadable: readonly Unreadable[]
  readonly unconfirmed: boolean
}

async function readNodeReports(
  reader: Reader,
  { address, nodes }: ObserveOptions,
  asker: MountAsker | undefined,
): Promise<NodesReading> {
  const report = createHealthReader(reader)
  if (nodes === undefined) {
    const found = await discoverNodes(reader, address)
    const roots = startReadingRoots(reader, found.addresses, asker)
    return joinNodes(await Promise.all(found.addresses.map(report)), roots, found)
  }
  // The nodes are asked without the token until their cluster is known.
  const reports = nodes.map(report)
  const found = await checkListedNodes(reader, { address, listed: nodes, report })
  const roots = startReadingRoots(reader, found.addresses, asker)
  const asked = (await Promise.all(reports)).filter(({ node }) =>
    found.addresses.includes(node.address),
  )
  return joinNodes(asked, roots, found)
}

/**
 * The mounts of each node's root namespace. They are read at the same time as the nodes' states.
 * `asker`: asks the mounts of a node whether they answer while other nodes still list theirs.
 */
function startReadingRoots(
  reader: Reader,
  addresses: readonly NodeAddress[],
  asker: MountAsker | undefined,
): NodesReading['roots'] {
  const roots = new Map(
    addresses.map((node) => [node, listMountsOfNode(reader, node, ROOT_NAMESPACE)] as const),
  )
  for (const [node, root] of roots) {
    root
      .then((listed) => {
        const mounts = listed.kind === 'itself' ? listed.mounts : []
        return asker?.ask(
          mounts.map((mount) => ({ node: { address: node, role: 'unknown' }, mount })),
        )
      })
      // A sealed or unreachable node refuses. The rejection is handled where the result is awaited;
      // without this line Node would report it as unhandled.
      .catch(() => undefined)
  }
  return roots
}

function joinNodes(
  nodes: readonly NodeReport[],
  roots: NodesReading['roots'],
  { unasked, members, unreadable, unconfirmed }: NodesFound,
): NodesReading {
  const silent = unasked.map((node) => ({ node, cluster: { name: '', id: '' } }))
  const identified = [...nodes, ...silent].map(({ node, cluster }) => ({
    node: { ...node, ...idsOf(members.get(node.address)) },
    cluster,
  }))
  return {
    nodes: identified.sort((a, b) => compareNodes(a.node, b.node)),
    roots,
    unreadable,
    unconfirmed,
  }
}

function idsOf(member: Member | undefined): Pick<LiveNode, 'raft_id' | 'cluster_address'> {
  if (member === undefined) return {}
  const { id, cluster } = member
  return {
    ...(id !== undefined && { raft_id: id }),
    ...(cluster !== '' && { cluster_address: cluster }),
  }
}

function severalActiveNodes(nodes: readonly LiveNode[]): LockstepError {
  return new LockstepError({
    code: 'several-active-nodes',
    message: `${nodes.map(({ address }) => address).join(' and ')} each say that they are the active node`,
    hint: 'Run this again in a moment. If they still do, check that all of them are nodes of one cluster.',
  })
}

function noActiveNode(nodes: readonly LiveNode[]): LockstepError {
  const states = nodes.map(
    (node) => `${node.address}: ${node.detail ?? `${node.role}, ${node.state}`}`,
  )
  return new LockstepError({
    code: 'no-active-node',
    message: 'no node of the cluster is active and can be reached',
    details: states,
    // A namespace answers this to a request about the cluster.
    hint: nodes.some(({ detail }) => detail?.includes('unavailable in namespaces'))
      ? ROOT_ALONE
      : 'If the addresses the cluster advertises cannot be reached from here, list the right ones under cluster.nodes.',
  })
}
