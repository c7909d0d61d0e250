import { expect, test } from 'vitest'
import { liveState, plugin, version } from '../../test/builders/live.ts'
import { entryOf, mountOf } from '../../test/builders/safety-input.ts'
import { UNKNOWN_HASH } from '../domain/names.ts'
import { describeLive } from './describe-live.ts'

const KV = 'secret/my-kv'

test('mounts of a pinned plugin use the pinned version, whatever they are configured for', () => {
  const live = liveState({
    product: 'vault',
    catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')],
    mounts: [mountOf('team-a/', KV, 'v0.16.2'), mountOf('team-b/', KV, 'v0.21.0')],
    pins: [{ plugin: plugin(KV), version: version('v0.21.0') }],
  })

  const { document, notes } = describeLive(live)

  expect(document.plugins?.[KV]).toMatchObject({ use: 'v0.21.0' })
  expect(document.mounts).toBeUndefined()
  expect(notes).toEqual([`team-a/ is configured for ${KV} v0.16.2, which is pinned to v0.21.0.`])
})

test('a note names each path that could not be read', () => {
  const reason = 'HTTP 403 permission denied'
  const live = liveState({ unreadable: [{ what: 'mounts', path: 'ns1/sys/mounts', reason }] })

  expect(describeLive(live).notes).toEqual([
    `ns1/sys/mounts could not be read (${reason}): what is there is not in this file.`,
  ])
})

test('a note names an entry that no file can name, with the reason', () => {
  const path = 'sys/plugins/catalog/secret/kv '
  const reason = 'left out, because its name has a space'
  const live = liveState({ unreadable: [{ what: 'catalog-name', path, reason }] })

  expect(describeLive(live).notes).toEqual([`${path} is ${reason}: a file cannot name the entry.`])
})

test('an entry whose hash the server does not report is left out, and a note says that it is registered', () => {
  const declared = entryOf(KV, 'v0.21.0', { sha256: UNKNOWN_HASH, declarative: true })
  const live = liveState({ catalog: [declared], mounts: [mountOf('team-a/', KV, 'v0.21.0')] })

  const { document, notes } = describeLive(live)

  expect(document.plugins?.[KV]).toEqual({ versions: {} })
  expect(notes).toEqual([
    expect.stringContaining('(command my-kv_0.21.0) is left out: hash not reported by the server'),
    `team-a/ is configured for ${KV} v0.21.0, which is registered: hash not reported by the server.`,
  ])
})

test('an entry that could not be read overrides the builtin, and a note says that it is registered', () => {
  const { command: _, ...unread } = entryOf('auth/jwt', 'unversioned')
  const mounts = [mountOf('auth/jwt/', 'auth/jwt', 'unversioned')]
  const { document, notes } = describeLive(liveState({ catalog: [unread], mounts }))

  expect(document.plugins?.['auth/jwt']).toEqual({ overrides: 'builtin', versions: {} })
  expect(notes).toEqual([
    'The entry auth/jwt unversioned could not be read and is left out.',
    'auth/jwt/ is configured for auth/jwt unversioned, which is registered and could not be read.',
  ])
})
