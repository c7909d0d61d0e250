/**
 * Why a cluster cannot be relied upon yet. A node is unsealed before it serves: asking it in
 * between is what makes tests fail now and then, so all that later requests need is looked at here.
 */
import type { Answer } from './server-request.ts'

/** The cluster as it is looked at. */
export interface ClusterView {
  /** Standbys send what they are asked to the active node. */
  readonly standbysForward: boolean
  /** How many nodes it has, those included that are down. */
  readonly size: number
  /** Asks one node, with the root token. */
  get<Body>(address: string, path: string, noForwarding?: 'noForwarding'): Promise<Answer<Body>>
}

/** The leader that all nodes at `addresses` follow and have heard everything of, or why there is none. */
export async function findLeader(
  cluster: ClusterView,
  addresses: readonly string[],
): Promise<{ readonly active: string } | { readonly whyNot: string }> {
  const leaders = await Promise.all(
    addresses.map(async (address) => (await cluster.get<Leader>(address, 'sys/leader')).body),
  )
  const active = addresses.find((_, index) => leaders[index]?.is_self === true)
  if (active === undefined || leaders.some(({ leader_address }) => leader_address !== active)) {
    const named = leaders.map(({ leader_address = '' }) => leader_address)
    return { whyNot: `the nodes name as active: ${JSON.stringify(named)}` }
  }
  // A node that was away serves what it had, until it has caught up with the log of the others.
  const applied = leaders.map(({ raft_applied_index = 0 }) => raft_applied_index)
  const wanted = applied[addresses.indexOf(active)] ?? 0
  if (applied.some((index) => index < wanted))
    return { whyNot: `the nodes have applied: ${applied.join(', ')}` }
  return { active }
}

/** Looks at the nodes at `addresses`; says the first thing that is missing, in words. */
export async function whyNotReady(
  cluster: ClusterView,
  addresses: readonly string[],
): Promise<string | undefined> {
  const leader = await findLeader(cluster, addresses)
  if ('whyNot' in leader) return leader.whyNot
  const { active } = leader
  const mounts = await cluster.get(active, 'sys/mounts')
  if (mounts.status !== 200) return `${active} is active, and answers ${String(mounts.status)}`
  const standbys = addresses.filter((address) => address !== active)
  const reasons = await Promise.all([
    whyNotWhole(cluster, active, addresses),
    ...standbys.map((standby) => whyStandbyNotReady(cluster, standby)),
  ])
  return reasons.find((reason) => reason !== undefined)
}

/** A sealed node answers without any of these. */
interface Leader {
  readonly is_self?: boolean
  readonly leader_address?: string
  readonly raft_applied_index?: number
}
interface Mounts {
  readonly data: Readonly<Record<string, { readonly accessor: string }>>
}
interface RaftConfiguration {
  readonly data: { readonly config: { readonly servers: readonly { readonly voter: boolean }[] } }
}
interface HaStatus {
  readonly data: { readonly nodes: readonly { api_address: string; active_node: boolean }[] }
}

/** What the active node knows about the others. */
async function whyNotWhole(
  cluster: ClusterView,
  active: string,
  addresses: readonly string[],
): Promise<string | undefined> {
  const path = 'sys/storage/raft/configuration'
  const raft = await cluster.get<RaftConfiguration>(active, path)
  if (raft.status !== 200) return `${path} answers ${String(raft.status)}`
  const voters = raft.body.data.config.servers.filter((server) => server.voter).length
  if (voters < cluster.size) return `${String(voters)} nodes vote`

  // Standbys report to the active node now and then; who discovers nodes asks for this list.
  const ha = await cluster.get<HaStatus>(active, 'sys/ha-status')
  if (ha.status !== 200) return `sys/ha-status answers ${String(ha.status)}`
  const listed = new Map(ha.body.data.nodes.map((node) => [node.api_address, node.active_node]))
  const unlisted = addresses.find((address) => listed.get(address) !== (address === active))
  return unlisted && `sys/ha-status does not list ${unlisted} as it is`
}

async function whyStandbyNotReady(
  cluster: ClusterView,
  standby: string,
): Promise<string | undefined> {
  const own = await cluster.get(standby, 'sys/mounts', 'noForwarding')
  const expected = cluster.standbysForward ? 307 : 200
  if (own.status !== expected) return `the standby ${standby} answers ${String(own.status)}`
  // Only the active node answers this one: it shows that forwarding works.
  const forwarded = await cluster.get(standby, 'sys/ha-status')
  if (forwarded.status !== 200) return `the standby ${standby} does not forward yet`
  return undefined
}

/**
 * Where the standbys of a ready cluster do not list the active node's mounts and auth methods;
 * says the first difference, in words.
 */
export async function whyListsDiffer(
  cluster: ClusterView,
  addresses: readonly string[],
): Promise<string | undefined> {
  for (const path of ['sys/mounts', 'sys/auth']) {
    const answers = await Promise.all(
      addresses.map((address) => cluster.get<Mounts>(address, path, 'noForwarding')),
    )
    // Vault's standbys send to the active node, whose list is then the only one.
    const lists = answers.map(({ status, body }) => (status === 200 ? listOf(body) : undefined))
    const [first] = lists.filter((list) => list !== undefined)
    const odd = lists.findIndex((list) => list !== undefined && list !== first)
    if (odd >= 0)
      return `${addresses[odd] ?? ''} lists as ${path} ${lists[odd] ?? ''}, another ${first ?? ''}`
  }
  return undefined
}

function listOf({ data }: Mounts): string {
  const mounts = Object.entries(data).map(([path, { accessor }]) => `${path} (${accessor})`)
  return mounts.sort().join(', ')
}
