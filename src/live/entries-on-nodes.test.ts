import { describe, expect, test } from 'vitest'
import { nodeAddress, plugin, sha256Of, version } from '../../test/builders/live.ts'
import type { ServerRequest, ServerResponse } from '../domain/exchange.ts'
import type { CatalogEntry, LiveState, Product } from '../domain/live.ts'
import type { NodeAddress } from '../domain/names.ts'
import { createClient } from '../server/client.ts'
import { createTwin } from '../twin/cluster/twin.ts'
import { observe } from './observe.ts'

const KV = plugin('secret/x-kv')
const VERSION = version('v0.21.0')
const ENTRY = { plugin: KV, version: VERSION, command: 'kv', sha256: sha256Of(KV, VERSION) }
const PATH = `sys/plugins/catalog/${KV}?version=${VERSION}`
const NODES = [1, 2, 3].map(nodeAddress)
const RELEASE = { openbao: '2.7.2', vault: '1.21.4' } as const

interface Told {
  readonly live: LiveState
  readonly entry: CatalogEntry | undefined
  /** The nodes that were asked for the entry. */
  readonly asked: readonly NodeAddress[]
}

/** Reads an entry whose file these nodes lack. `answer`: another answer of a node for the entry. */
async function readCluster(
  lacking: readonly number[],
  {
    product = 'openbao',
    answer = () => undefined,
  }: {
    readonly product?: Product
    readonly answer?: (node: NodeAddress) => ServerResponse | Error | undefined
  } = {},
): Promise<Told> {
  const twin = createTwin({
    product,
    server_version: RELEASE[product],
    cluster: { name: 'lab', id: 'id' },
    nodes: NODES.map((address) => ({ address, files: { kv: { sha256: ENTRY.sha256 } } })),
    catalog: [{ ...ENTRY, args: [], declarative: false }],
  })
  for (const number of lacking) twin.removeFile(nodeAddress(number), ENTRY.command)
  const asked: NodeAddress[] = []
  const send = (node: NodeAddress, request: ServerRequest): Promise<ServerResponse> => {
    if (request.path !== PATH) return Promise.resolve(twin.send(node, request))
    asked.push(node)
    const other = answer(node)
    return other instanceof Error
      ? Promise.reject(other)
      : Promise.resolve(other ?? twin.send(node, request))
  }
  const client = createClient({
    transport: { send, close: () => Promise.resolve() },
    wait: () => Promise.resolve(),
  })
  const live = await observe(client, { address: nodeAddress(1) })
  return { live, entry: live.catalog.find((one) => one.plugin === KV), asked }
}

const REASON = expect.stringMatching(/^HTTP 500 .*kv: no such file or directory$/) as string

describe('an entry whose file a node of OpenBao lacks', () => {
  test('is read on the other nodes if a standby lacks it, and the standby is reported', async () => {
    const { live, entry } = await readCluster([2])

    const lacking = { node: nodeAddress(2), reason: REASON }
    expect(entry).toMatchObject({ ...ENTRY, args: [], unreadable_on: [lacking] })
    expect(live.unreadable).toEqual([{ what: 'catalog-entry', path: PATH, ...lacking }])
  })

  test.each([[[1]], [[1, 2, 3]]])(
    'is as it was listed where nodes %j do, the active one among them',
    async (numbers) => {
      const { live, entry } = await readCluster(numbers)

      expect(entry?.unreadable_on?.map(({ node }) => node)).toEqual(numbers.map(nodeAddress))
      expect(entry).not.toHaveProperty('command')
      expect(live.unreadable).toEqual([{ what: 'catalog-entry', path: PATH, reason: REASON }])
    },
  )
})

test('an entry that every node reads names no node', async () => {
  const { live, entry, asked } = await readCluster([])

  expect(entry).not.toHaveProperty('unreadable_on')
  expect(live.unreadable).toEqual([])
  expect([...asked].sort()).toEqual(NODES)
})

test.each([
  ['does not know the token', { status: 403, body: { errors: ['permission denied'] } }],
  ['sends it on to the active node', { status: 307, body: null }],
  ['does not see the entry yet', { status: 404, body: { errors: [] } }],
  ['is in trouble', { status: 500, body: { errors: ['context deadline exceeded'] } }],
  ['goes away', new Error('connection refused')],
])('a standby that %s lacks no file', async (_, answer) => {
  const { live, entry } = await readCluster([], {
    answer: (node) => (node === NODES[1] ? answer : undefined),
  })

  expect(entry).toMatchObject(ENTRY)
  expect(entry).not.toHaveProperty('unreadable_on')
  expect(live.unreadable).toEqual([])
})

test('a missing right is reported once, and for no node', async () => {
  const refused = { status: 403, body: { errors: ['permission denied'] } }

  const { live, entry } = await readCluster([], { answer: () => refused })

  const reason = 'HTTP 403 permission denied'
  expect(live.unreadable).toEqual([{ what: 'catalog-entry', path: PATH, reason, denied: true }])
  expect(entry).not.toHaveProperty('unreadable_on')
})

test('no answer from the active node is an error', async () => {
  const away = new Error('connection refused')

  await expect(
    readCluster([], { answer: (node) => (node === NODES[0] ? away : undefined) }),
  ).rejects.toThrow('connection refused')
})

test('on Vault only the active node is asked, which needs no file to answer', async () => {
  const { live, entry, asked } = await readCluster([1, 2, 3], { product: 'vault' })

  expect(asked).toEqual([NODES[0]])
  expect(entry).toMatchObject(ENTRY)
  expect(live.unreadable).toEqual([])
})
