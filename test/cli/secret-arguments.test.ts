/** Arguments that look like secrets: there is a warning, and they are never shown. */
import { expect, test } from 'vitest'
import type { Sha256 } from '../../src/domain/names.ts'
import { startTwinServer } from '../../src/twin/http/http-server.ts'
import { createTwin } from '../../src/twin/cluster/twin.ts'
import { nodeAddress } from '../builders/live.ts'
import { runLockstep } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

const sha256 = 'ab'.repeat(32) as Sha256
const VALUE = 'hunter2-hunter2'
const files = {
  'lockstep.yaml': `version: 1
plugins:
  secret/x-kv:
    versions:
      v1.0.0: { command: kv, sha256: ${sha256}, args: ["--db-password=${VALUE}", --log] }
`,
}

test('validate warns with the place, and accepts the file', async () => {
  await using folder = await makeScratchFolder(files)

  const run = await runLockstep(['validate'], { cwd: folder.path })

  expect(run.exitCode).toBe(0)
  expect(run.stderr).toContain('lockstep.yaml:5:7: the args of secret/x-kv v1.0.0 look like')
  expect(run.stderr).toContain('env: { NAME: { from: VARIABLE } }')
  expect(run.stderr + run.stdout).not.toContain(VALUE)
})

test('plan and drift warn, and mask them', async () => {
  await using folder = await makeScratchFolder(files)
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [{ address: nodeAddress(1), files: { kv: { sha256 } } }],
  })
  const server = await startTwinServer(twin, { token: 'the-token' })
  const env = { BAO_ADDR: server.addresses[0]!, BAO_TOKEN: 'the-token' }
  try {
    for (const args of [['plan'], ['plan', '--markdown'], ['drift']]) {
      const run = await runLockstep(args, { cwd: folder.path, env })

      expect(run.stdout).not.toContain(VALUE)
      if (args[0] === 'plan') {
        expect(run.exitCode).toBe(0)
        expect(run.stdout).toContain('secret-argument')
        expect(run.stdout).toContain('--db-password=***')
      }
    }
  } finally {
    await server.close()
  }
})
