import { expect, test } from 'vitest'
import {
  builtinEntry,
  connectionPath,
  liveConnection,
  plugin,
  version,
} from '../../../test/builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { unregisteredVersion } from './unregistered-version.ts'

const KV = 'secret/my-kv'

test('gives an error for a mount that stays on a version that is not registered', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV)] },
    live: { mounts: [mountOf('team-a/', KV, 'v0.16.2'), mountOf('team-b/', KV, 'v0.16.2')] },
  })

  const found = only(unregisteredVersion.judge(input))

  expect(found).toMatchObject({ severity: 'error', subject: KV, mounts: ['team-a/', 'team-b/'] })
  expect(found.message).toBe(
    `2 mounts are configured for ${KV} v0.16.2, which is not registered: team-a/ and team-b/. They are lost at the next restart or change of leader.`,
  )
})

test('gives a note if the plan changes the mount to another version', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: { mounts: [mountOf('team-a/', KV, 'v0.16.2')] },
  })

  expect(only(unregisteredVersion.judge(input)).severity).toBe('note')
})

test('finds nothing if the plan registers the version again', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { versions: ['v0.16.2'] })] },
    live: { mounts: [mountOf('team-a/', KV, 'v0.16.2')] },
  })

  expect(unregisteredVersion.judge(input)).toEqual([])
})

test('warns if the file does not name the plugin', () => {
  const input = safetyInput({ live: { mounts: [mountOf('team-a/', KV, 'unversioned')] } })

  const found = only(unregisteredVersion.judge(input))

  expect(found.severity).toBe('warning')
  expect(found.message).toContain('without a version, but there is no unversioned secret/my-kv')
})

test('treats builtins as registered, with or without a version, but not the builtin of another release', () => {
  const JWT = 'auth/jwt'
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT)] },
    live: {
      catalog: [builtinEntry(plugin(JWT), version('v2.7.2+builtin.bao'))],
      mounts: [
        mountOf('auth/a/', JWT, 'unversioned'),
        mountOf('auth/b/', JWT, 'v2.7.2+builtin.bao'),
        mountOf('auth/c/', JWT, 'v2.6.0+builtin.bao'),
      ],
    },
  })

  expect(only(unregisteredVersion.judge(input)).mounts).toEqual(['auth/c/'])
})

test('finds nothing for a builtin’s version that an unversioned entry hides', () => {
  const JWT = 'auth/jwt'
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT)] },
    live: {
      catalog: [entryOf(JWT, 'unversioned')],
      mounts: [mountOf('auth/b/', JWT, 'v2.7.2+builtin.bao')],
    },
  })

  expect(unregisteredVersion.judge(input)).toEqual([])
})

test('gives an error for a connection on a version that is not registered', () => {
  const REDIS = 'database/redis'
  const connection = liveConnection(connectionPath('db/config/x'), {
    plugin: plugin(REDIS),
    version: version('v0.6.0'),
  })
  const live = { catalog: [entryOf(REDIS, 'v0.7.0')], connections: [connection] }
  const left = { plugins: [desiredPlugin(REDIS, { versions: ['v0.7.0'] })] }
  const changed = { plugins: [desiredPlugin(REDIS, { use: 'v0.7.0', versions: ['v0.7.0'] })] }

  const found = only(unregisteredVersion.judge(safetyInput({ desired: left, live })))

  expect(found).toMatchObject({
    severity: 'error',
    message: `1 connection is configured for ${REDIS} v0.6.0, which is not registered: db/config/x. It is lost at the next restart or change of leader.`,
    mounts: [],
  })
  expect(only(unregisteredVersion.judge(safetyInput({ desired: changed, live }))).severity).toBe(
    'note',
  )
})

test('separates the mounts that the plan changes from those that it leaves', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin(KV, { versions: ['v0.21.0'] })],
      mounts: [desiredMount('team-a/', KV, { use: 'v0.21.0' })],
    },
    live: { mounts: [mountOf('team-a/', KV, 'v0.16.2'), mountOf('team-b/', KV, 'v0.16.2')] },
  })

  expect(unregisteredVersion.judge(input)).toMatchObject([
    { severity: 'note', mounts: ['team-a/'] },
    { severity: 'error', mounts: ['team-b/'] },
  ])
})
