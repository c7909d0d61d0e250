import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { NodeAddress } from '../../domain/names.ts'
import { startTwinServer, type TwinServer } from './http-server.ts'
import { createTwin } from '../cluster/twin.ts'

const TOKEN = 'the-token'
let server: TwinServer | undefined

afterEach(async () => {
  await server?.close()
})

async function start() {
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: ['http://node1:8200', 'http://node2:8200'].map((address) => ({
      address: address as NodeAddress,
    })),
  })
  server = await startTwinServer(twin, { token: TOKEN })
  return { twin, addresses: server.addresses }
}

interface Asked {
  readonly method?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

function ask(address: string | undefined, path: string, init: Asked = {}): Promise<Response> {
  const headers = { 'X-Vault-Token': TOKEN, ...init.headers }
  return fetch(`${address!}/v1/${path}`, { ...init, headers, redirect: 'manual' })
}

test('each node answers on its own port and advertises that address', async () => {
  const { addresses } = await start()

  const leader = await ask(addresses[1], 'sys/leader')
  const status = await ask(addresses[1], 'sys/ha-status')

  expect(await leader.json()).toMatchObject({ is_self: false, leader_address: addresses[0] })
  expect(await status.json()).toMatchObject({
    data: { nodes: [{ api_address: addresses[0] }, { api_address: addresses[1] }] },
  })
})

test('a request without the token is refused, unless it needs none', async () => {
  const { addresses } = await start()
  const headers = { 'X-Vault-Token': 'another' }

  const refused = await ask(addresses[0], 'sys/mounts', { headers })

  expect(refused.status).toBe(403)
  expect(await refused.json()).toEqual({ errors: ['permission denied'] })
  expect((await ask(addresses[0], 'sys/health', { headers })).status).toBe(200)
})

test('a request that must not be forwarded is redirected to the active node', async () => {
  const { addresses } = await start()
  const write = { method: 'POST', body: '{}' }

  const redirected = await ask(addresses[1], 'sys/namespaces/ns1', {
    ...write,
    headers: { 'X-Vault-No-Request-Forwarding': 'true' },
  })
  const forwarded = await ask(addresses[1], 'sys/namespaces/ns1', write)

  expect(redirected.status).toBe(307)
  expect(redirected.headers.get('Location')).toBe(`${addresses[0]!}/v1/sys/namespaces/ns1`)
  expect(forwarded.status).toBe(200)
})

test('the namespace is read from its header, and the query from the path', async () => {
  const { addresses } = await start()
  await ask(addresses[0], 'sys/namespaces/ns1', { method: 'POST' })

  const mounts = await ask(addresses[0], 'sys/mounts', {
    headers: { 'X-Vault-Namespace': 'ns1' },
  })
  const listed = await ask(addresses[0], 'sys/namespaces?list=true')

  expect(await mounts.json()).toMatchObject({ data: { 'sys/': { type: 'ns_system' } } })
  expect(await listed.json()).toMatchObject({ data: { keys: ['ns1/'] } })
})

test('a body that is not JSON is refused, and a stopped node does not answer', async () => {
  const { addresses, twin } = await start()

  const refused = await ask(addresses[0], 'sys/mounts/x', { method: 'POST', body: '{' })
  twin.stopNode('http://node2:8200' as NodeAddress)

  expect(refused.status).toBe(400)
  await expect(ask(addresses[1], 'sys/health')).rejects.toThrow()
})

test('other requests are answered after a request is cut off in its body', async () => {
  const { addresses } = await start()
  const { port } = new URL(addresses[0]!)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write('POST /v1/sys/mounts/x HTTP/1.1\r\nHost: node\r\nContent-Length: 100\r\n\r\n{')
  await once(socket, 'ready')

  // After a request on another connection: then the server has started to read the first one.
  await ask(addresses[0], 'sys/health')
  socket.resetAndDestroy()
  await once(socket, 'close')

  expect((await ask(addresses[0], 'sys/health')).status).toBe(200)
})
