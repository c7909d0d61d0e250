/** A cluster that is served below a path, as by a proxy: every request to that address keeps it. */
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createTwin } from '../../src/twin/cluster/twin.ts'
import { startTwinServer } from '../../src/twin/http/http-server.ts'
import { nodeAddress } from '../builders/live.ts'
import { runLockstep } from './run-lockstep.ts'

const TOKEN = 'the-token-of-the-twin'
const PREFIX = '/team/vault'

test('an address keeps its path in every request, and the nodes keep theirs', async () => {
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [1, 2, 3].map((place) => ({ address: nodeAddress(place), files: {} })),
  })
  const server = await startTwinServer(twin, { token: TOKEN })
  const asked: string[] = []
  const proxy = createServer((incoming, outgoing) => {
    asked.push(incoming.url ?? '')
    passOn(server.addresses[0]!, incoming, outgoing)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  try {
    const run = await runLockstep(['status', '--json'], {
      env: { BAO_ADDR: `http://127.0.0.1:${port}${PREFIX}/`, BAO_TOKEN: TOKEN },
    })
    expect([run.exitCode, run.stderr]).toEqual([0, ''])
    const { nodes } = JSON.parse(run.stdout) as { nodes: { address: string; state: string }[] }
    expect(nodes.map(({ address }) => address).sort()).toEqual([...server.addresses].sort())
    expect(nodes.map(({ state }) => state)).toEqual(['serving', 'serving', 'serving'])
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter((url) => !url.startsWith(`${PREFIX}/v1/sys/`))).toEqual([])
  } finally {
    proxy.closeAllConnections()
    await new Promise((resolve) => proxy.close(resolve))
    await server.close()
  }
})

/** Without the prefix; what has none leads nowhere. */
function passOn(to: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const url = incoming.url ?? ''
  if (!url.startsWith(`${PREFIX}/`)) {
    outgoing.writeHead(404).end()
    return
  }
  const { method, headers } = incoming
  const sent = send(`${to}${url.slice(PREFIX.length)}`, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  incoming.pipe(sent)
}
