import { describe, expect, test } from 'vitest'
import { liveNode, nodeAddress } from '../../test/builders/live.ts'
import { makeTwin } from '../../test/property/drive-twin.ts'
import type { ServerRequest, ServerResponse } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { createClient } from '../server/client.ts'
import { observe } from './observe.ts'

const NODES = [1, 2, 3].map(nodeAddress)
const REFUSED: ServerResponse = { status: 403, body: { errors: ['permission denied'] } }

type Answers = Readonly<Record<string, ServerResponse>>

/**
 * Reads three nodes from the first one, with other answers for some paths. `behind`: the nodes that
 * other addresses reach.
 */
function readCluster(
  answers: Answers,
  nodes?: readonly NodeAddress[],
  behind: ReadonlyMap<NodeAddress, NodeAddress> = new Map(),
) {
  const twin = makeTwin({ product: 'openbao', nodes: 3, deeds: [] })
  const asked: string[] = []
  /** The nodes that got the token. */
  const trusted = new Set<NodeAddress>()
  const send = (node: NodeAddress, request: ServerRequest) => {
    asked.push(request.path)
    if (request.anonymous !== true) trusted.add(node)
    return Promise.resolve(answers[request.path] ?? twin.send(behind.get(node) ?? node, request))
  }
  const client = createClient({
    transport: { send, close: () => Promise.resolve() },
    wait: () => Promise.resolve(),
  })
  const options = { address: nodeAddress(1), ...(nodes !== undefined && { nodes }) }
  return { asked, trusted, live: observe(client, options) }
}

function haStatus(addresses: readonly string[]): Answers {
  const nodes = addresses.map((api_address, at) => ({
    api_address,
    cluster_address: `https://node${at + 1}:8201`,
  }))
  return { 'sys/ha-status': { status: 200, body: { data: { nodes } } } }
}

function raft(hosts: readonly string[]): Answers {
  const servers = hosts.map((node_id) => ({ node_id, address: `${node_id}:8201` }))
  const body = { data: { config: { servers } } }
  return { 'sys/storage/raft/configuration': { status: 200, body } }
}

const RAFT_REFUSED = { 'sys/storage/raft/configuration': REFUSED }

describe('nodes that advertise one address', () => {
  const shared = 'http://lb:8200'

  test('cannot be separated', async () => {
    await expect(readCluster(haStatus([shared, shared, shared])).live).rejects.toMatchObject({
      code: 'shared-node-address',
      message: expect.stringContaining(shared) as string,
      hint: expect.stringContaining('cluster.nodes') as string,
    })
  })

  test('are separated if each node’s own address is given', async () => {
    const live = await readCluster(haStatus([shared, shared, shared]), NODES).live
    expect(live.nodes.map(({ state }) => state)).toEqual(['serving', 'serving', 'serving'])
  })
})

describe('a given list of nodes', () => {
  test('that leaves out a node shows that node as unreachable', async () => {
    const live = await readCluster({}, NODES.slice(0, 2)).live

    expect(live.nodes).toMatchObject([
      { ...liveNode(1), raft_id: 'node1', cluster_address: 'node1:8201' },
      { ...liveNode(2), raft_id: 'node2' },
      expect.objectContaining({ address: nodeAddress(3), state: 'unreachable' }),
    ])
  })

  test('that leaves out a member that the active node forgot shows that member too', async () => {
    const answers = { ...haStatus(NODES.slice(0, 2)), ...raft(['node1', 'node2', 'node3']) }
    const live = await readCluster(answers, NODES.slice(0, 2)).live

    expect(live.nodes.filter(({ state }) => state === 'unreachable')).toHaveLength(1)
  })

  test('may have other addresses than the nodes advertise, if it has as many addresses', async () => {
    const advertised = ['http://10.0.0.1:8200', 'http://10.0.0.2:8200', 'http://10.0.0.3:8200']
    const live = await readCluster(
      { ...haStatus(advertised), ...raft(['node1', 'node2', 'node3']) },
      NODES,
    ).live

    expect(live.nodes.map(({ address }) => address)).toEqual(NODES)
  })
})

describe('an address that no node advertises', () => {
  const [one, two, three] = [nodeAddress(1), nodeAddress(2), nodeAddress(3)]
  const other = nodeAddress(7)
  const OWN = 'sys/config/state/sanitized'

  test.each([
    ['a standby that is given already', two],
    ['the active node', one],
  ])('and that reaches %s is refused with both addresses', async (_name, node) => {
    const { live } = readCluster({}, [one, two, other], new Map([[other, node]]))

    await expect(live).rejects.toMatchObject({
      code: 'same-node-twice',
      message: expect.stringMatching(`${node}.* and .*${other}`) as string,
    })
  })

  test('belongs to the member that the node names', async () => {
    const live = await readCluster({}, [one, two, other], new Map([[other, three]])).live

    expect(live.nodes.map(({ address, state }) => [address, state])).toEqual(
      [one, two, other].map((address) => [address, 'serving']),
    )
    expect(live.unreadable).toEqual([])
  })

  test('counts as the remaining member if its configuration does not name one', async () => {
    const answers = { [OWN]: { status: 200, body: { data: {} } } }
    const live = await readCluster(answers, [one, two, other], new Map([[other, three]])).live

    expect(live.nodes.map(({ address }) => address)).toEqual([one, two, other])
    expect(live.unreadable).toEqual([])
  })

  test('counts as no member if the token may not read the node’s configuration', async () => {
    const { live } = readCluster({ [OWN]: REFUSED }, [one, two, other], new Map([[other, two]]))

    expect((await live).nodes.filter(({ state }) => state === 'unreachable')).toEqual([
      expect.objectContaining({ address: three, unasked: true }),
    ])
    expect((await live).unreadable).toMatchObject([{ what: 'nodes', path: OWN, node: other }])
  })

  test('counts as the remaining member if its node forwards to the active node, as on Vault', async () => {
    const answers = { [OWN]: { status: 307, body: null } }
    const live = await readCluster(answers, [one, two, other], new Map([[other, three]])).live

    expect(live.nodes.map(({ address }) => address)).toEqual([one, two, other])
  })
})

describe('the members of the Raft cluster', () => {
  test.each([undefined, NODES])('that the token may not read are reported', async (nodes) => {
    expect((await readCluster(RAFT_REFUSED, nodes).live).unreadable).toEqual([
      {
        what: 'nodes',
        path: 'sys/storage/raft/configuration',
        reason: 'HTTP 403 permission denied',
        denied: true,
      },
    ])
  })

  test.each([
    [
      'without such a path',
      {
        'sys/storage/raft/configuration': { status: 404, body: {} },
        'sys/seal-status': { status: 200, body: { storage_type: 'inmem' } },
      },
    ],
    [
      'that is not Raft',
      { ...RAFT_REFUSED, 'sys/seal-status': { status: 200, body: { storage_type: 'consul' } } },
    ],
  ])('are not missed on storage %s', async (_name, answers) => {
    for (const nodes of [undefined, NODES]) {
      const live = await readCluster(answers, nodes).live

      expect(live.unreadable).toEqual([])
      expect(live.members_unconfirmed).toBe(true)
    }
  })

  test.each([{}, RAFT_REFUSED])('are confirmed or missed on Raft', async (answers) => {
    expect(await readCluster(answers).live).not.toHaveProperty('members_unconfirmed')
  })
})

test('a token that may not read the nodes is an error without a given list, and a warning with one', async () => {
  const answers = { 'sys/ha-status': REFUSED }

  await expect(readCluster(answers).live).rejects.toMatchObject({ exitCode: 8 })
  expect((await readCluster(answers, NODES).live).unreadable).toMatchObject([
    { what: 'nodes', path: 'sys/ha-status' },
  ])
})

test('a node that does not know the token at first hides none of the others', async () => {
  const twin = makeTwin({ product: 'openbao', nodes: 3, deeds: [] })
  const refusals = [REFUSED]
  const client = createClient({
    transport: {
      send: (node, request) =>
        Promise.resolve(
          (request.path === 'sys/ha-status' ? refusals.pop() : undefined) ??
            twin.send(node, request),
        ),
      close: () => Promise.resolve(),
    },
    wait: () => Promise.resolve(),
  })

  const live = await observe(client, { address: nodeAddress(1) })

  expect(live.nodes.map(({ address }) => address)).toEqual(NODES)
})

test('one reading of the cluster asks once for its nodes', async () => {
  const { asked, live } = readCluster(raft(['node1', 'node2', 'node3']))
  await live
  expect(asked.filter((path) => /ha-status|raft|seal-status/.test(path)).sort()).toEqual([
    'sys/ha-status',
    'sys/storage/raft/configuration',
  ])
})

test('a node that reports and is no member of the Raft cluster is shown, and gets no token', async () => {
  const { live, trusted } = readCluster(raft(['node1', 'node2']))

  expect((await live).nodes.find(({ address }) => address === nodeAddress(3))).toMatchObject({
    state: 'unreachable',
    unasked: true,
  })
  expect([...trusted].sort()).toEqual(NODES.slice(0, 2))
})
