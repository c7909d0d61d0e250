import { expect, test } from 'vitest'
import { connectionPath, liveConnection, plugin, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  only,
  safetyInput,
  SOURCE,
} from '../../../test/builders/safety-input.ts'
import { commandReused } from './command-reused.ts'

const KV = 'secret/my-kv'
const file = { command: 'kv' }
const newer = desiredVersion(KV, 'v0.21.0', file)
const older = entryOf(KV, 'v0.16.2', file)
const upgrade = { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: [newer] })] }

test('names a new version that reuses the file of a version in use, both entries, and the mounts', () => {
  const input = safetyInput({
    desired: upgrade,
    live: { catalog: [older], mounts: [mountOf('team-a/', KV, 'v0.16.2')] },
  })

  const verdict = only(commandReused.judge(input))

  expect(verdict).toEqual({
    subject: KV,
    message: `${KV} v0.21.0 names the file kv, and so does ${KV} v0.16.2, with another SHA-256 (${older.sha256}). A file is one binary, so that one does not start again: team-a/ is configured for it.`,
    fix: `On every node keep the binary of ${KV} v0.16.2 as kv, and copy the new one under another name, such as kv-0.21.0; write that as \`command\` and plan again.`,
    mounts: ['team-a/'],
    at: SOURCE,
    topics: [expect.stringMatching(/^file kv [0-9a-f]{64}$/)],
  })
  expect(input.draft.steps.flatMap(({ undo }) => undo)).toEqual([
    { kind: 'deregister', plugin: KV, version: 'v0.21.0' },
  ])
})

test('finds the entry of another plugin and its connections', () => {
  const DB = 'database/redis'
  const connection = liveConnection(connectionPath('db/config/orders'), {
    plugin: plugin(DB),
    version: version('v0.6.0'),
  })
  const input = safetyInput({
    desired: upgrade,
    live: { catalog: [entryOf(DB, 'v0.6.0', file)], connections: [connection] },
  })

  expect(only(commandReused.judge(input)).message).toContain(
    'does not start again: connection db/config/orders uses it',
  )
})

test('warns of an unused entry, and finds nothing if the plan retires it', () => {
  const input = safetyInput({ desired: upgrade, live: { catalog: [older] } })
  const retiring = desiredPlugin(KV, { versions: [newer], retire: ['v0.16.2'] })

  expect(only(commandReused.judge(input)).severity).toBe('warning')
  expect(
    commandReused.judge(
      safetyInput({ desired: { plugins: [retiring] }, live: { catalog: [older] } }),
    ),
  ).toEqual([])
})

test('finds nothing for one binary under two versions, an entry replaced in place, and an unread command', () => {
  const same = entryOf(KV, 'v0.16.2', { ...file, sha256: newer.sha256 })
  const { command: _unread, ...unread } = older
  const inPlace = desiredPlugin(KV, {
    use: 'unversioned',
    versions: [desiredVersion(KV, 'unversioned', { ...file, sha256: newer.sha256 })],
  })

  for (const catalog of [[same], [unread]]) {
    expect(commandReused.judge(safetyInput({ desired: upgrade, live: { catalog } }))).toEqual([])
  }
  const catalog = [entryOf(KV, 'unversioned', file)]
  expect(
    commandReused.judge(safetyInput({ desired: { plugins: [inPlace] }, live: { catalog } })),
  ).toEqual([])
})

test('gives an error for an entry in use, also if the plan retires it', () => {
  const retiring = desiredPlugin(KV, { use: 'v0.21.0', versions: [newer], retire: ['v0.16.2'] })
  const input = safetyInput({
    desired: { plugins: [retiring] },
    live: { catalog: [older], mounts: [mountOf('team-a/', KV, 'v0.16.2')] },
  })

  expect(only(commandReused.judge(input))).not.toHaveProperty('severity')
})

test('does not count what could not be read as a use of the entry', () => {
  const unreadable = [{ what: 'mounts', path: 'ns1/sys/mounts', reason: 'HTTP 403' }] as const
  const input = safetyInput({ desired: upgrade, live: { catalog: [older], unreadable } })

  expect(only(commandReused.judge(input)).severity).toBe('warning')
})
