/**
 * The rollback of a run that found a mount whose registered binary was not loaded yet, with the
 * built program on simulated nodes.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ROOT_NAMESPACE } from '../../src/domain/names.ts'
import { startTwinServer, type TwinServer } from '../../src/twin/http/http-server.ts'
import { createTwin, type Twin } from '../../src/twin/cluster/twin.ts'
import { nodeAddress, plugin, sha256Of, version } from '../builders/live.ts'
import { type Run, runLockstep } from './run-lockstep.ts'
import { makeScratchFolder, type ScratchFolder } from './scratch-folder.ts'

const TOKEN = 'the-token-of-the-twin'
const KV = plugin('secret/x-kv')
const NODES = [1, 2, 3].map(nodeAddress)
const fileOf = (name: string) => ({ command: name, sha256: sha256Of(KV, version(name)) })
const [OLD, NEW] = [fileOf('v1.0.0'), fileOf('v2.0.0')]

const own: { twin?: Twin; server?: TwinServer; folder?: ScratchFolder } = {}

beforeEach(async () => {
  const files = Object.fromEntries([OLD, NEW].map(({ command, sha256 }) => [command, { sha256 }]))
  own.twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: NODES.map((address) => ({ address, files })),
  })
  own.server = await startTwinServer(own.twin, { token: TOKEN })
  const plugins = { [KV]: { use: 'unversioned', versions: { unversioned: NEW } } }
  // It is unknown which binary a rollback of that reload would start.
  const allow = [
    { rule: 'unchecked-without-rollback', subject: KV, because: 'every node has the file' },
  ]
  own.folder = await makeScratchFolder({
    'lockstep.yaml': JSON.stringify({ version: 1, plugins, allow }),
  })
})
afterEach(async () => {
  await own.server?.close()
  await own.folder?.[Symbol.asyncDispose]()
})

/** Sends a request to the active node. */
function post(path: string, body: Record<string, unknown>): void {
  const request = { method: 'POST' as const, path, namespace: ROOT_NAMESPACE, forwarding: true }
  const { status } = own.twin!.send(own.twin!.active()!, { ...request, body })
  expect(status).toBeLessThan(300)
}

function run(...args: readonly string[]): Promise<Run> {
  return runLockstep([...args, '--auto-approve', '--journal', `${own.folder!.path}/journals`], {
    env: { BAO_ADDR: own.server!.addresses[0]!, BAO_TOKEN: TOKEN },
    cwd: own.folder!.path,
  })
}

test('refuses to roll back a run that loaded a binary registered by hand, and says what ran before', async () => {
  post(`sys/plugins/catalog/${KV}`, OLD)
  post('sys/mounts/a', { type: 'x-kv' })
  post(`sys/plugins/catalog/${KV}`, NEW)
  const applied = await run('apply')

  const back = await run('rollback')

  const [ran, newer] = [OLD, NEW].map(({ sha256 }) => sha256.slice(0, 12))
  expect(applied.exitCode).toBe(0)
  expect(back.exitCode).toBe(3)
  expect(back.stderr).toContain(`a/ ran ${ran}, but a reload would have started ${newer}`)
  expect(back.stderr).not.toContain('Back to where')
})
