/** What a command prints while it reads a cluster that answers slowly. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTwin } from '../../src/twin/cluster/twin.ts'
import { startTwinServer, type TwinServer } from '../../src/twin/http/http-server.ts'
import { mountPath, nodeAddress, plugin, sha256Of, version } from '../builders/live.ts'
import { FaultProxy } from '../faults/fault-proxy.ts'
import { type Run, runLockstep } from './run-lockstep.ts'

const TOKEN = 'the-token-of-the-twin'
const KV = plugin('secret/x-kv')
const VERSION = version('v0.21.0')
const ENTRY = { command: 'kv', sha256: sha256Of(KV, VERSION) }
const ERASE = '\r\u001b[K'

let server: TwinServer
let proxy: FaultProxy

beforeAll(async () => {
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [{ address: nodeAddress(1), files: { kv: { sha256: ENTRY.sha256 } } }],
    catalog: [{ ...ENTRY, plugin: KV, version: VERSION, args: [], declarative: false }],
    mounts: [{ path: mountPath('a/'), plugin: KV, configured_version: VERSION }],
  })
  server = await startTwinServer(twin, { token: TOKEN })
  proxy = await FaultProxy.start(server.addresses)
})
beforeEach(() => {
  // Longer than the time after which the progress of a reading is shown.
  proxy.intercept(({ path }) =>
    path.endsWith('?help=1') ? { kind: 'delay', milliseconds: 2_500 } : { kind: 'pass' },
  )
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await server.close()
})

/**
 * Without `onTerminal`, both streams are pipes. With it, stdout has everything that the terminal
 * got.
 */
function status(options: readonly string[], { onTerminal }: { onTerminal: boolean }): Promise<Run> {
  const address = proxy.addresses[0]!
  return runLockstep(['status', '--node', address, ...options], {
    env: { BAO_ADDR: address, BAO_TOKEN: TOKEN },
    ...(onTerminal && { answer: '' }),
  })
}

test('a terminal shows the progress, and the line is erased at the end', async () => {
  const { stdout, exitCode } = await status([], { onTerminal: true })

  expect(exitCode).toBe(0)
  expect(stdout).toContain(`${ERASE}Checking mounts on 1 node: 0 of 1 …`)
  const after = stdout.slice(stdout.lastIndexOf(ERASE) + ERASE.length)
  expect(after).not.toContain('Checking mounts')
  expect(after).toContain('a/')
})

test.each([
  ['of which another program reads', [], false],
  ['that prints JSON', ['--json'], true],
  ['that is quiet', ['--quiet'], true],
])('a command %s shows no progress', async (_, options, onTerminal) => {
  const { stdout, stderr, exitCode } = await status(options, { onTerminal })

  expect(exitCode).toBe(0)
  for (const word of ['Reading', 'Checking', ERASE]) expect(stdout + stderr).not.toContain(word)
})

test('names a node that limits requests once, and reads it completely', async () => {
  let refusals = 3
  proxy.intercept(({ path }) =>
    path.startsWith('/v1/sys/mounts') && (refusals -= 1) >= 0
      ? { kind: 'answer', status: 429 }
      : { kind: 'pass' },
  )

  const { stdout, stderr, exitCode } = await status([], { onTerminal: false })

  expect(exitCode).toBe(0)
  expect(stderr.match(/limits requests \(429\)/g)).toHaveLength(1)
  expect(stdout).toContain('a/')
})
