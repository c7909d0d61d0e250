import { expect, test } from 'vitest'
import {
  type NodeAddress,
  type PluginId,
  ROOT_NAMESPACE,
  type Sha256,
  UNKNOWN_HASH,
  type Version,
} from '../../domain/names.ts'
import { createTwin, type Twin } from './twin.ts'

const [ACTIVE, STANDBY, THIRD] = [
  'http://node1:8200',
  'http://node2:8200',
  'http://node3:8200',
] as [NodeAddress, NodeAddress, NodeAddress]
const PLUGIN = 'secret/dec' as PluginId
const VERSION = 'v1.0.0' as Version
const SHA256 = 'a'.repeat(64) as Sha256

function declaring(): Twin {
  return createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [ACTIVE, STANDBY, THIRD].map((address) => ({
      address,
      files: { dec: { sha256: SHA256 } },
    })),
    catalog: [
      {
        plugin: PLUGIN,
        version: VERSION,
        command: 'dec',
        sha256: UNKNOWN_HASH,
        declarative: true,
      },
    ],
  })
}

function send(twin: Twin, method: 'POST' | 'DELETE'): number {
  const query = method === 'DELETE' ? `?version=${VERSION}` : ''
  return twin.send(ACTIVE, {
    method,
    namespace: ROOT_NAMESPACE,
    forwarding: true,
    path: `sys/plugins/catalog/${PLUGIN}${query}`,
    body: { command: 'dec', sha256: SHA256, version: VERSION },
  }).status
}

// All measured on OpenBao 2.7.2: `test/real/declared-entries.test.ts`.

test('a declared entry that is deregistered is registered again after a change of leader', () => {
  const twin = declaring()

  expect(send(twin, 'DELETE')).toBe(204)
  twin.restartNode(STANDBY)
  expect(twin.entry(PLUGIN, VERSION)).toBeUndefined()

  twin.stepDown()
  expect(twin.entry(PLUGIN, VERSION)).toMatchObject({ command: 'dec', sha256: UNKNOWN_HASH })
})

test('no node becomes active after a declared entry is registered again and the leader changes', () => {
  const twin = declaring()

  expect(send(twin, 'POST')).toBe(204)
  expect(twin.entry(PLUGIN, VERSION)).toMatchObject({ sha256: SHA256 })
  expect(twin.isStorageDamaged()).toBe(true)
  expect(twin.active()).toBe(ACTIVE)

  twin.stepDown()
  expect(twin.active()).toBeUndefined()
})

test('the damage ends if the entry is deregistered before the leader changes', () => {
  const twin = declaring()
  send(twin, 'POST')

  expect(send(twin, 'DELETE')).toBe(204)
  expect(twin.isStorageDamaged()).toBe(false)

  twin.stepDown(STANDBY)
  expect(twin.active()).toBe(STANDBY)
})
