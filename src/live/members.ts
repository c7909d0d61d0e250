/** The members of a cluster: those that report to the active node, and those in its Raft configuration. */
import { LockstepError } from '../domain/errors.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import type { Unreadable } from '../domain/live.ts'
import { type NodeAddress, parseNodeAddress } from '../domain/names.ts'
import { dataOf, fields, text } from '../server/body.ts'
import { saysComeBack, whyUnread } from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { shownPath } from '../server/request-path.ts'
import { readHaStatus, readRaftConfiguration, readSealStatus } from '../server/requests.ts'

/** How often, and after which pauses in milliseconds, nodes are waited for that have not yet reported. */
const REPORTED_AFTER = [300, 700, 1500] as const

export interface Member {
  /** Where it wants to be asked; of one that does not report, its address in the Raft cluster. */
  readonly address: NodeAddress
  /** `host:port` of the cluster's own traffic, which no two members share. */
  readonly cluster: string
}

export interface Members {
  /** Those that report to the active node; none without high availability. */
  readonly reporting: readonly Member[]
  /** Members of the Raft cluster that do not. */
  readonly unheard: readonly (Member & { readonly id: string })[]
  readonly unreadable: readonly Unreadable[]
  /** Why the reporting nodes could not be had. */
  readonly refused?: ServerResponse
}

/** Asks again while the node cannot say, as during a change of leader, or what it says is not `enough`. */
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

async function readMembersOnce(
  reader: Reader,
  address: NodeAddress,
): Promise<{ readonly members: Members; readonly passing: boolean }> {
  const [response, raft] = await Promise.all([
    reader.askTwice(address, readHaStatus()),
    readRaftMembers(reader, address),
  ])
  const nobody = { reporting: [], unheard: [], unreadable: raft.unreadable }
  if (response.status !== 200) {
    const none = response.status === 400 || response.status === 404
    return {
      members: none ? nobody : { ...nobody, refused: response },
      passing: saysComeBack(response),
    }
  }
  const listed = dataOf(response.body)['nodes']
  const nodes = (Array.isArray(listed) ? listed : []).map((node) => fields(node))
  if (nodes.length === 0) return { members: nobody, passing: false }
  const reporting = nodes.map((node) => {
    const advertised = text(node['api_address'])
    const parsed = parseNodeAddress(advertised)
    if (parsed === undefined) throw unusable(advertised)
    return { address: parsed, cluster: hostOf(text(node['cluster_address'])) }
  })
  const heard = new Set(reporting.map(({ cluster }) => cluster))
  const scheme = reporting[0]?.address.startsWith('https:') === true ? 'https' : 'http'
  const unheard = raft.members.flatMap((member) => {
    if (heard.has(hostOf(member.address))) return []
    const named = parseNodeAddress(`${scheme}://${member.address}`)
    return named === undefined
      ? []
      : { id: member.id, address: named, cluster: hostOf(member.address) }
  })
  return { members: { reporting, unheard, unreadable: raft.unreadable }, passing: false }
}

export function addressesOf(members: readonly Member[]): NodeAddress[] {
  return members.map(({ address }) => address)
}

/** An address that more than one node advertises. */
export function sharedAddress(advertised: readonly NodeAddress[]): NodeAddress | undefined {
  return advertised.find((address, at) => advertised.indexOf(address) !== at)
}

interface RaftMember {
  readonly id: string
  /** `host:port`, of the cluster's own traffic. */
  readonly address: string
}

interface RaftReading {
  readonly members: readonly RaftMember[]
  readonly unreadable: readonly Unreadable[]
}

/** A server on another storage has no such path (404, or 400 where it has the path all the same). */
async function readRaftMembers(reader: Reader, address: NodeAddress): Promise<RaftReading> {
  const request = readRaftConfiguration()
  const response = await reader.ask(address, request)
  if (response.status === 200) {
    const servers = fields(dataOf(response.body)['config'])['servers']
    const members = (Array.isArray(servers) ? servers : []).map((server) => ({
      id: text(fields(server)['node_id']),
      address: text(fields(server)['address']),
    }))
    return { members, unreadable: [] }
  }
  const none = { members: [], unreadable: [] }
  if (response.status === 400 || response.status === 404) return none
  // A token's rights are looked at before the path: the refusal does not tell whether it is there.
  const status = await reader.ask(address, readSealStatus())
  const storage = text(fields(status.body)['storage_type'])
  if (storage !== '' && storage !== 'raft') return none
  return {
    members: [],
    unreadable: [{ what: 'nodes', path: shownPath(request.path), ...whyUnread(response) }],
  }
}

/** Of an address of the cluster's own traffic, with or without its scheme. */
export function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '')
}

function unusable(advertised: string): LockstepError {
  return new LockstepError({
    code: 'bad-node-address',
    message: `a node of the cluster advertises the address "${advertised}", which is none`,
    hint: 'Set api_addr in its configuration, or list the nodes under cluster.nodes.',
  })
}

export function notTheirOwn(shared: NodeAddress, nodes: number): LockstepError {
  return new LockstepError({
    code: 'shared-node-address',
    message: `${shared} is advertised by more than one of the cluster’s ${nodes} nodes, so that they cannot be asked one by one`,
    hint: 'List each node’s own address under cluster.nodes, or with --node; or set api_addr to it in each node’s configuration.',
  })
}
