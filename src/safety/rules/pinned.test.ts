import { expect, test } from 'vitest'
import { connectionPath, liveConnection, plugin, version } from '../../../test/builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { pinned } from './pinned.ts'

const KV = 'secret/my-kv'

function pinnedTo(pin: string, running = 'v0.16.2') {
  return safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: {
      product: 'vault',
      catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')],
      mounts: [mountOf('team-a/', KV, running)],
      pins: [{ plugin: plugin(KV), version: version(pin) }],
    },
  })
}

test('gives an error for a pin on another version, with the request that deletes it', () => {
  const found = only(pinned.judge(pinnedTo('v0.16.2')))

  expect(found.severity).toBeUndefined()
  expect(found).toMatchObject({
    subject: KV,
    message: `${KV} is pinned to v0.16.2, so team-a/ starts v0.16.2 at the next reload; the file asks for v0.21.0.`,
    fix: expect.stringContaining('vault delete sys/plugins/pins/secret/my-kv'),
    mounts: ['team-a/'],
  })
})

test('warns of a pin on the desired version while a mount is configured for another version', () => {
  expect(only(pinned.judge(pinnedTo('v0.21.0')))).toMatchObject({
    severity: 'warning',
    mounts: ['team-a/'],
  })
})

test('finds nothing for a pin on the desired version if no mount has another version', () => {
  expect(pinned.judge(pinnedTo('v0.21.0', 'v0.21.0'))).toEqual([])
})

test('warns of a connection with another version, which is not repointed while the desired version is pinned', () => {
  const REDIS = 'database/redis'
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(REDIS, { use: 'v0.7.0', versions: ['v0.6.0', 'v0.7.0'] })] },
    live: {
      product: 'vault',
      catalog: [entryOf(REDIS, 'v0.6.0'), entryOf(REDIS, 'v0.7.0')],
      connections: [
        liveConnection(connectionPath('db/config/x'), {
          plugin: plugin(REDIS),
          version: version('v0.6.0'),
        }),
      ],
      pins: [{ plugin: plugin(REDIS), version: version('v0.7.0') }],
    },
  })

  expect(input.draft.steps).toEqual([])
  expect(only(pinned.judge(input))).toMatchObject({
    severity: 'warning',
    message: expect.stringContaining('db/config/x is configured for another version'),
  })
})

test('names new mounts and connections, too, with the place of their `use`', () => {
  const REDIS = 'database/redis'
  const source = { file: 'plugins.yaml', line: 9, column: 5 }
  const use = (of: string) => ({
    value: { kind: 'version' as const, version: version(of) },
    source,
  })
  const connection = liveConnection(connectionPath('db/config/x'), {
    plugin: plugin(REDIS),
    version: version('v0.6.0'),
  })
  const input = safetyInput({
    desired: {
      plugins: [
        { ...desiredPlugin(REDIS, { versions: ['v0.7.0'] }), use: use('v0.7.0') },
        { ...desiredPlugin(KV, { versions: ['v0.21.0'] }), use: use('v0.21.0') },
      ],
      mounts: [desiredMount('new/', KV, { enable: true })],
    },
    live: {
      product: 'vault',
      catalog: [entryOf(KV, 'v0.16.2'), entryOf(REDIS, 'v0.6.0')],
      connections: [connection],
      pins: [
        { plugin: plugin(REDIS), version: version('v0.6.0') },
        { plugin: plugin(KV), version: version('v0.16.2') },
      ],
    },
  })

  expect(pinned.judge(input)).toMatchObject([
    { message: expect.stringContaining('so db/config/x starts'), mounts: [], at: source },
    { message: expect.stringContaining('so new/ starts'), mounts: ['new/'], at: source },
  ])
})
