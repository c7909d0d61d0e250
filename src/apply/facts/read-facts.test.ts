import { expect, test } from 'vitest'
import { nodeAddress, plugin, sha256Of, version } from '../../../test/builders/live.ts'
import type { SeenEntry } from '../../documents/plan.generated.ts'
import { createClient } from '../../server/client.ts'
import { createTwin } from '../../twin/cluster/twin.ts'
import { findMismatches } from './read-facts.ts'
import { createSeenAnswers } from './seen-answers.ts'

const KV = plugin('secret/x-kv')
const VERSION = version('v0.21.0')
const SHA256 = sha256Of(KV, VERSION)
const ENTRY: SeenEntry = { command: 'kv', sha256: SHA256, args: [] }
const STANDBY = nodeAddress(2)

// A standby that has not heard of the rollback of a registration still lacks the file of that entry.
test.each([
  ['that is to be there: no wait changes that', ENTRY, 'final'],
  ['that was deregistered: the node may not have heard of that', null, 'pending'],
  [
    'in whose place an older one was registered: the same',
    { ...ENTRY, command: 'older' },
    'pending',
  ],
])('a standby lacks the file of an entry %s', async (_, entry, state) => {
  const files = { kv: { sha256: SHA256 } }
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [nodeAddress(1), STANDBY].map((address) => ({ address, files })),
    catalog: [{ plugin: KV, version: VERSION, ...ENTRY, sha256: SHA256, declarative: false }],
  })
  twin.removeFile(STANDBY, 'kv')
  const client = createClient({
    transport: {
      send: (node, request) => Promise.resolve(twin.send(node, request)),
      close: () => Promise.resolve(),
    },
    wait: () => Promise.resolve(),
  })
  const nodes = [nodeAddress(1), STANDBY]
  const answers = createSeenAnswers(() => 0)
  const reader = { client, active: nodeAddress(1), nodes, answers, mountCount: 0 }
  const fact = { fact: 'entry', plugin: KV, version: VERSION, entry, node: STANDBY } as const

  const mismatches = await findMismatches(reader, [fact])

  expect(mismatches).toMatchObject([{ field: 'readable', state }])
})
