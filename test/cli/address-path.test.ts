/**
 * A cluster that is served below a path, as by a proxy: every request to that address has the path.
 */
import { expect, test } from 'vitest'
import { createTwin } from '../../src/twin/cluster/twin.ts'
import { startTwinServer } from '../../src/twin/http/http-server.ts'
import { nodeAddress } from '../builders/live.ts'
import { startPathProxy } from './path-proxy.ts'
import { runLockstep } from './run-lockstep.ts'

const TOKEN = 'the-token-of-the-twin'
const PREFIX = '/team/vault'

test('every request to the address has its path, and requests to nodes have the paths of their own addresses', async () => {
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [1, 2, 3].map((place) => ({ address: nodeAddress(place), files: {} })),
  })
  const server = await startTwinServer(twin, { token: TOKEN })
  try {
    await using proxy = await startPathProxy(server.addresses[0]!, PREFIX)
    const run = await runLockstep(['status', '--json'], {
      env: { BAO_ADDR: `${proxy.address}/`, BAO_TOKEN: TOKEN },
    })
    expect([run.exitCode, run.stderr]).toEqual([0, ''])
    const { nodes } = JSON.parse(run.stdout) as { nodes: { address: string; state: string }[] }
    expect(nodes.map(({ address }) => address).sort()).toEqual([...server.addresses].sort())
    expect(nodes.map(({ state }) => state)).toEqual(['serving', 'serving', 'serving'])
    expect(proxy.asked.length).toBeGreaterThan(0)
    expect(proxy.asked.filter((url) => !url.startsWith(`${PREFIX}/v1/sys/`))).toEqual([])
  } finally {
    await server.close()
  }
})
