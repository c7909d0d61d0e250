/**
 * Reads the members of a cluster from two sources: the nodes that report to the active node, and
 * the Raft configuration. An answer of an unexpected shape never makes the cluster smaller.
 */
import { LockstepError } from '../domain/errors.ts'
import type { Unreadable } from '../domain/live.ts'
import { type NodeAddress, parseNodeAddress } from '../domain/names.ts'
import {
  haEnabled,
  haStatus,
  raftConfiguration,
  type RaftServer,
  storageType,
} from '../server/answers/cluster.ts'
import { decode } from '../server/answers/shape.ts'
import {
  decodeOrThrow,
  unexpectedAnswerError,
  refusalError,
  asksToRetry,
  describeUnexpectedShape,
  describeUnread,
} from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { shownPath } from '../server/request-path.ts'
import {
  readHaStatus,
  readLeader,
  readRaftConfiguration,
  readSealStatus,
} from '../server/requests.ts'

/**
 * Milliseconds of the pauses before the members are read again, for nodes that have not reported
 * yet.
 */
const REPORTED_AFTER = [300, 700, 1500] as const

export interface Member {
  /**
   * The API address that the node advertises. For a node that does not report: its address in the
   * Raft cluster.
   */
  readonly address: NodeAddress
  /** `host:port` of the cluster's own traffic. No two members share one. */
  readonly cluster: string
  /** The node id in the Raft configuration, if that exists and could be read. */
  readonly id?: string
}

export interface Members {
  /**
   * Members that report to the active node and are in the Raft configuration, if that exists and
   * can be read. Empty on a server without high availability.
   */
  readonly reporting: readonly Member[]
  /** Members of the Raft cluster that do not report. */
  readonly unheard: readonly (Member & { readonly id: string })[]
  /** Nodes that report and are not in the Raft configuration: the two sources disagree. */
  readonly strangers: readonly Member[]
  readonly unreadable: readonly Unreadable[]
  /** True if the storage is not Raft: no second source confirms the reporting nodes. */
  readonly unconfirmed: boolean
  /** Why the reporting nodes could not be read. */
  readonly failure?: { readonly unreadable: Unreadable; readonly error: LockstepError }
}

/**
 * The members of the cluster. Reads again, four times in all, while the node cannot answer, as
 * during a change of leader, or while the answer is not `enough`. Throws a LockstepError if no
 * answer came.
 */
export async function readMembers(
  reader: Reader,
  address: NodeAddress,
  enough: (members: Members) => boolean,
): Promise<Members> {
  for (const pause of REPORTED_AFTER) {
    const { members, passing } = await readMembersOnce(reader, address)
    if (!passing && enough(members)) return members
    await reader.wait(pause)
  }
  return (await readMembersOnce(reader, address)).members
}

/** True if the cluster itself has the address as a member's: a token may be sent there. */
export function isMemberAddress({ reporting }: Members, address: NodeAddress): boolean {
  return reporting.some((member) => member.address === address)
}

async function readMembersOnce(
  reader: Reader,
  address: NodeAddress,
): Promise<{ readonly members: Members; readonly passing: boolean }> {
  const [reported, raft] = await Promise.all([
    readReportingNodes(reader, address),
    readRaftServers(reader, address),
  ])
  const servers = raft.kind === 'servers' ? raft.servers : []
  const idOf = new Map(servers.map(({ address: at, id }) => [hostOf(at), id]))
  const reporting = (reported.kind === 'nodes' ? reported.members : []).map((member): Member => {
    const id = idOf.get(member.cluster)
    return id === undefined ? member : { ...member, id }
  })
  const unreadable = raft.kind === 'unreadable' ? [raft.unreadable] : []
  const reportingAddresses = new Set(reporting.map(({ cluster }) => cluster))
  const scheme = (reporting[0]?.address ?? address).startsWith('https:') ? 'https' : 'http'
  const members = {
    reporting: reporting.filter(({ cluster }) => idOf.size === 0 || idOf.has(cluster)),
    strangers: reporting.filter(({ cluster }) => idOf.size > 0 && !idOf.has(cluster)),
    // On storage without Raft this is empty.
    unheard: servers
      .filter((server) => !reportingAddresses.has(hostOf(server.address)))
      .map((server) => unheardMember(server, scheme)),
    unreadable,
    unconfirmed: raft.kind === 'no-raft' && reporting.length > 0,
    ...(reported.kind === 'failure' && { failure: reported.failure }),
  }
  return { members, passing: reported.kind === 'failure' && reported.passing }
}

function unheardMember({ id, address }: RaftServer, scheme: string): Members['unheard'][number] {
  const named = parseNodeAddress(`${scheme}://${address}`)
  if (named === undefined) throw badAdvertisedAddress(address)
  return { id, address: named, cluster: hostOf(address) }
}

export function addressesOf(members: readonly Member[]): NodeAddress[] {
  return members.map(({ address }) => address)
}

/** An address that more than one node advertises. */
export function sharedAddress(advertised: readonly NodeAddress[]): NodeAddress | undefined {
  return advertised.find((address, at) => advertised.indexOf(address) !== at)
}

type Reporting =
  | { readonly kind: 'nodes'; readonly members: readonly Member[] }
  | {
      readonly kind: 'failure'
      readonly failure: NonNullable<Members['failure']>
      readonly passing: boolean
    }

/**
 * The nodes that report to the active node. A refusal means "there are none" only if the node
 * itself says that its cluster has no high availability. Measured on OpenBao 2.7.2 without high
 * availability: `sys/leader` says `ha_enabled: false`, and `sys/ha-status` lists the one node.
 */
async function readReportingNodes(reader: Reader, address: NodeAddress): Promise<Reporting> {
  const request = readHaStatus()
  const response = await reader.ask(address, request)
  const about = { what: 'nodes', path: shownPath(request.path) } as const
  if (response.status === 200) {
    const decoded = decode(haStatus, response.body)
    if (decoded.kind === 'odd') {
      const unreadable = { ...about, ...describeUnexpectedShape(decoded.problem) }
      const error = unexpectedAnswerError(address, request, decoded.problem)
      return { kind: 'failure', failure: { unreadable, error }, passing: false }
    }
    const members = decoded.value.map(({ apiAddress, clusterAddress }) => {
      const parsed = parseNodeAddress(apiAddress)
      if (parsed === undefined) throw badAdvertisedAddress(apiAddress)
      return { address: parsed, cluster: hostOf(clusterAddress) }
    })
    return { kind: 'nodes', members }
  }
  if (
    (response.status === 400 || response.status === 404) &&
    !(await hasHighAvailability(reader, address))
  )
    return { kind: 'nodes', members: [] }
  return {
    kind: 'failure',
    failure: {
      unreadable: { ...about, ...describeUnread(response) },
      error: refusalError(address, request, response),
    },
    passing: asksToRetry(response),
  }
}

async function hasHighAvailability(reader: Reader, address: NodeAddress): Promise<boolean> {
  const request = readLeader()
  const response = await reader.ask(address, request)
  if (response.status !== 200) throw refusalError(address, request, response)
  return decodeOrThrow(haEnabled, { node: address, request }, response)
}

type RaftReading =
  | { readonly kind: 'servers'; readonly servers: readonly RaftServer[] }
  /** The cluster uses another storage: only `sys/ha-status` lists its members. */
  | { readonly kind: 'no-raft' }
  | { readonly kind: 'unreadable'; readonly unreadable: Unreadable }

async function readRaftServers(reader: Reader, address: NodeAddress): Promise<RaftReading> {
  const request = readRaftConfiguration()
  const response = await reader.ask(address, request)
  const unreadable = (why: Pick<Unreadable, 'reason' | 'denied'>): RaftReading => ({
    kind: 'unreadable',
    unreadable: { what: 'nodes', path: shownPath(request.path), ...why },
  })
  if (response.status === 200) {
    const decoded = decode(raftConfiguration, response.body)
    return decoded.kind === 'odd'
      ? unreadable(describeUnexpectedShape(decoded.problem))
      : { kind: 'servers', servers: decoded.value }
  }
  // A server on another storage has no such path. Servers check a token's rights before the path,
  // so a refusal does not show whether the path exists.
  const status = await reader.ask(address, readSealStatus())
  const storage = decode(storageType, status.body)
  return storage.kind === 'documented' && storage.value !== 'raft'
    ? { kind: 'no-raft' }
    : unreadable(describeUnread(response))
}

/** The `host:port` of an address of the cluster's own traffic, with or without its scheme. */
export function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '')
}

function badAdvertisedAddress(advertised: string): LockstepError {
  return new LockstepError({
    code: 'bad-node-address',
    message: `a node of the cluster advertises the address "${advertised}", which is not an address`,
    hint: 'Set api_addr in its configuration, or list the nodes under cluster.nodes.',
  })
}

/**
 * The error for an address that several nodes advertise. `nodes`: how many nodes the cluster
 * has.
 */
export function sharedAddressError(shared: NodeAddress, nodes: number): LockstepError {
  return new LockstepError({
    code: 'shared-node-address',
    message: `${shared} is advertised by more than one of the cluster’s ${nodes} nodes, so that they cannot be asked one by one`,
    hint: 'List each node’s own address under cluster.nodes, or with --node; or set api_addr to it in each node’s configuration.',
  })
}
