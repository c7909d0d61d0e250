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
  entryOf,
  mountOf,
  safetyInput,
  SOURCE,
  type SafetyInputParts,
} from '../../test/builders/safety-input.ts'
import type { Namespace } from '../domain/names.ts'
import { missingCapabilities, renderPolicy, requiredCapabilities } from './capabilities.ts'

const KV = 'secret/my-kv'
const NODES = [liveNode(1)]

function required(parts: SafetyInputParts) {
  const { desired, draft } = safetyInput(parts)
  const found = requiredCapabilities(draft.steps, desired.cluster)
  return Object.fromEntries(found.map(({ path, capabilities }) => [path, capabilities.join(' ')]))
}

test('an upgrade needs the rights to register, tune, reload, read back, undo and deregister', () => {
  const found = required({
    desired: {
      plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'], retire: ['v0.16.2'] })],
      mounts: [desiredMount('team-a/', KV, { verify: [{ kind: 'read', path: 'config' }] })],
    },
    live: {
      product: 'vault',
      nodes: NODES,
      catalog: [entryOf(KV, 'v0.16.2')],
      mounts: [mountOf('team-a/', KV, 'v0.16.2', { nodes: NODES })],
    },
  })

  expect(found).toEqual({
    'sys/auth': 'read',
    'sys/mounts': 'read',
    'sys/mounts/team-a/tune': 'update',
    'sys/plugins/catalog': 'read',
    'sys/plugins/catalog/secret/my-kv': 'delete read sudo update',
    'sys/plugins/pins': 'read',
    'sys/plugins/reload/backend': 'update',
    'team-a/config': 'read',
  })
})

test('a plan needs the right to create the lock; a plan without steps needs no lock', () => {
  const cluster = { lock: { kv: 'secret/team/lockstep', source: SOURCE } }
  const plugins = [desiredPlugin(KV, { versions: ['v0.21.0'] })]

  expect(required({ desired: { cluster, plugins } })).toMatchObject({
    'secret/data/team/lockstep': 'create read update',
  })
  expect(required({ desired: { cluster } })).toEqual({})
})

test('tunes of auth methods need sudo, also in a namespace; tunes of mounts and reloads do not', () => {
  const JWT = 'auth/jwt'
  const inNamespace = {
    ...mountOf('ns1/auth/jwt/', JWT, 'v0.25.0', { nodes: NODES }),
    namespace: 'ns1/' as Namespace,
  }
  const found = required({
    desired: {
      plugins: [desiredPlugin(JWT, { use: 'v0.26.1', versions: ['v0.26.1'] })],
      mounts: [desiredMount('auth/new/', JWT, { enable: true })],
    },
    live: {
      nodes: NODES,
      namespaces: ['' as Namespace, 'ns1/' as Namespace],
      catalog: [entryOf(JWT, 'v0.25.0'), entryOf(JWT, 'v0.26.1')],
      mounts: [inNamespace],
    },
  })

  expect(found).toMatchObject({
    'ns1/sys/auth/jwt/tune': 'sudo update',
    'ns1/sys/auth': 'read',
    'ns1/sys/plugins/reload/backend': 'update',
    'sys/auth/new': 'sudo update',
  })
})

test('a repoint needs the rights to read and update the connection', () => {
  const DB = 'database/redis'
  const found = required({
    desired: { plugins: [desiredPlugin(DB, { use: 'v0.7.0', versions: ['v0.7.0'] })] },
    live: {
      catalog: [entryOf(DB, 'v0.6.0'), entryOf(DB, 'v0.7.0')],
      connections: [
        liveConnection(connectionPath('db/config/orders'), {
          plugin: plugin(DB),
          version: version('v0.6.0'),
        }),
      ],
    },
  })

  expect(found).toMatchObject({ 'db/config/orders': 'read update' })
})

test('no plan ever needs to delete below sys/mounts or sys/auth', () => {
  const found = required({
    desired: {
      plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'], retire: ['v0.16.2'] })],
      mounts: [desiredMount('new/', KV, { enable: true })],
    },
    live: { catalog: [entryOf(KV, 'v0.16.2')], mounts: [mountOf('team-a/', KV, 'v0.16.2')] },
  })

  const deleting = Object.keys(found).filter((path) => found[path]?.includes('delete'))

  expect(deleting).toEqual(['sys/plugins/catalog/secret/my-kv'])
})

test('a right is missing if it was not granted; deny wins, root has every right', () => {
  const needed = [
    { path: 'a', capabilities: ['read', 'sudo'] },
    { path: 'b', capabilities: ['update'] },
    { path: 'c', capabilities: ['read'] },
    { path: 'd', capabilities: ['read'] },
  ]
  const granted = new Map([
    ['a', ['read']],
    ['b', ['root']],
    ['c', ['deny', 'read']],
  ])

  expect(missingCapabilities(needed, granted)).toEqual([
    { path: 'a', capabilities: ['sudo'] },
    { path: 'c', capabilities: ['read'] },
    { path: 'd', capabilities: ['read'] },
  ])
})

test('a policy has a line for each path', () => {
  const policy = renderPolicy([
    { path: 'sys/mounts', capabilities: ['read'] },
    { path: 'sys/plugins/catalog/secret/my-kv', capabilities: ['sudo', 'update'] },
  ])

  expect(policy).toBe(
    'path "sys/mounts" { capabilities = ["read"] }\n' +
      'path "sys/plugins/catalog/secret/my-kv" { capabilities = ["sudo", "update"] }\n',
  )
})
