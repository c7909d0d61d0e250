/**
 * Why a cluster cannot be relied upon yet. A node is unsealed before it serves: asking it in
 * between is what makes tests fail now and then, so all that later requests need is looked at here.
 */
import type { ClusterClient } from './cluster-client.ts';

const soon = { timeout: 5_000 };

/** Looks at the nodes at `addresses`; says the first thing that is missing, in words. */
export async function whyNotReady(
  cluster: ClusterClient,
  addresses: readonly string[],
): Promise<string | undefined> {
  const active = await findAgreedActive(cluster, addresses);
  if ('reason' in active) return active.reason;
  return (
    (await whyActiveNotReady(cluster, active.address, addresses)) ??
    (await firstReason(
      addresses
        .filter((address) => address !== active.address)
        .map((address) => whyStandbyNotReady(cluster, address)),
    ))
  );
}

async function findAgreedActive(
  cluster: ClusterClient,
  addresses: readonly string[],
): Promise<{ readonly address: string } | { readonly reason: string }> {
  const named = await Promise.all(
    addresses.map(async (address) => {
      const leader = await cluster.request<{ leader_address?: string }>(
        address,
        'GET',
        'sys/leader',
        soon,
      );
      return leader.status === 200 ? leader.body.leader_address : undefined;
    }),
  );
  const [address] = named;
  if (!address || !addresses.includes(address) || named.some((other) => other !== address)) {
    return { reason: `the nodes name as active: ${named.map((name) => name || 'none').join(', ')}` };
  }
  return { address };
}

interface RaftConfiguration {
  readonly data: { readonly config: { readonly servers: readonly { readonly voter: boolean }[] } };
}
interface HaStatus {
  readonly data: { readonly nodes: readonly { api_address: string; active_node: boolean }[] };
}

async function whyActiveNotReady(
  cluster: ClusterClient,
  active: string,
  addresses: readonly string[],
): Promise<string | undefined> {
  const mounts = await cluster.request(active, 'GET', 'sys/mounts', soon);
  if (mounts.status !== 200) return `${active} is active, and answers ${String(mounts.status)}`;

  const path = 'sys/storage/raft/configuration';
  const raft = await cluster.request<RaftConfiguration>(active, 'GET', path, soon);
  if (raft.status !== 200) return `${path} answers ${String(raft.status)}`;
  const voters = raft.body.data.config.servers.filter((server) => server.voter).length;
  if (voters < cluster.addresses.length) return `${String(voters)} nodes vote`;

  // Standbys report to the active node now and then; who discovers nodes asks for this list.
  const ha = await cluster.request<HaStatus>(active, 'GET', 'sys/ha-status', soon);
  if (ha.status !== 200) return `sys/ha-status answers ${String(ha.status)}`;
  const listed = new Map(ha.body.data.nodes.map((node) => [node.api_address, node.active_node]));
  const unlisted = addresses.find((address) => listed.get(address) !== (address === active));
  return unlisted && `sys/ha-status does not list ${unlisted} as it is`;
}

async function whyStandbyNotReady(
  cluster: ClusterClient,
  standby: string,
): Promise<string | undefined> {
  // OpenBao's standbys answer themselves, Vault's send to the active node.
  const own = await cluster.request(standby, 'GET', 'sys/mounts', { ...soon, noForwarding: true });
  const expected = cluster.product === 'openbao' ? 200 : 307;
  if (own.status !== expected) return `the standby ${standby} answers ${String(own.status)}`;
  // Only the active node answers this one: it shows that forwarding works.
  const forwarded = await cluster.request(standby, 'GET', 'sys/ha-status', soon);
  if (forwarded.status !== 200) return `the standby ${standby} does not forward yet`;
  return undefined;
}

async function firstReason(
  looks: readonly Promise<string | undefined>[],
): Promise<string | undefined> {
  return (await Promise.all(looks)).find((reason) => reason !== undefined);
}
