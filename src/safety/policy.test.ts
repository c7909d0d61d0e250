import { expect, test } from 'vitest'
import {
  connectionPath,
  liveConnection,
  liveNode,
  plugin,
  version,
} from '../../test/builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  mountOf,
  safetyInput,
  type SafetyInputParts,
  SOURCE,
} from '../../test/builders/safety-input.ts'
import type { Namespace } from '../domain/names.ts'
import { requiredCapabilities } from './capabilities.ts'
import { policyFor } from './policy.ts'

const KV = 'secret/my-kv'
const NODES = [liveNode(1)]

function policy(parts: SafetyInputParts) {
  const { desired, live } = safetyInput(parts)
  const lines = policyFor(desired, live)
  return Object.fromEntries(lines.map(({ path, capabilities }) => [path, capabilities.join(' ')]))
}

const UPGRADE: SafetyInputParts = {
  desired: {
    cluster: { lock: { kv: 'secret/lockstep', source: SOURCE } },
    plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'], retire: ['v0.16.2'] })],
    mounts: [
      desiredMount('a/', KV, { verify: [{ kind: 'read', path: 'config' }] }),
      desiredMount('ns1/fresh/', KV, { enable: true }),
    ],
  },
  live: {
    nodes: NODES,
    namespaces: ['' as Namespace, 'ns1/' as Namespace],
    mounts: [mountOf('a/', KV, 'v0.16.2', { nodes: NODES })],
  },
}

test('a policy has the lock, what verify reads, pins, and a new mount in its own namespace', () => {
  expect(policy(UPGRADE)).toMatchObject({
    'secret/data/lockstep': 'create read update',
    'a/config': 'read',
    'sys/plugins/pins': 'read',
    'ns1/sys/mounts/fresh': 'read update',
    'ns1/fresh/': 'read',
  })
})

test('a policy has every right that a plan checks', () => {
  const { draft, desired } = safetyInput(UPGRADE)
  const printed = policy(UPGRADE)

  for (const { path, capabilities } of requiredCapabilities(draft.steps, desired.cluster)) {
    expect(printed[path]?.split(' ')).toEqual(expect.arrayContaining([...capabilities]))
  }
})

test('a policy reads every connection of a database mount, and updates those of the file', () => {
  const of = (id: string) => ({ plugin: plugin(id), version: version('v0.6.0') })
  const printed = policy({
    desired: { plugins: [desiredPlugin('database/redis', { use: 'v0.7.0' })] },
    live: {
      mounts: [mountOf('db/', 'secret/database', '')],
      connections: [
        liveConnection(connectionPath('db/config/mine'), of('database/redis')),
        liveConnection(connectionPath('db/config/other'), of('database/elsewhere')),
      ],
    },
  })

  expect(printed).toMatchObject({
    'db/config': 'list',
    'db/config/mine': 'read update',
    'db/config/other': 'read',
  })
})
