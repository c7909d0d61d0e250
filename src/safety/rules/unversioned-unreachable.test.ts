import { expect, test } from 'vitest'
import { connectionPath, liveConnection, plugin, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { unversionedUnreachable } from './unversioned-unreachable.ts'

const unversioned = { use: 'unversioned', versions: ['unversioned'] }

test('refuses `use: unversioned` for a mount that has a version', () => {
  const KV = 'secret/my-kv'
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, unversioned)] },
    live: {
      catalog: [entryOf(KV, 'v0.21.0')],
      mounts: [mountOf('team-a/', KV, 'v0.21.0'), mountOf('team-b/', KV, 'unversioned')],
    },
  })

  expect(only(unversionedUnreachable.judge(input))).toMatchObject({
    subject: KV,
    message:
      'team-a/ has a version, but the file asks for secret/my-kv without a version: no request can do that.',
    mounts: ['team-a/'],
  })
})

test('names the connections of one plugin in one finding', () => {
  const DB = plugin('database/redis')
  const connection = (name: string, of: string) =>
    liveConnection(connectionPath(`db/config/${name}`), { plugin: DB, version: version(of) })
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(DB, unversioned)] },
    live: {
      connections: [connection('a', 'v0.6.0'), connection('b', 'v0.6.0'), connection('c', '')],
    },
  })

  expect(only(unversionedUnreachable.judge(input)).message).toContain(
    'db/config/a and db/config/b have versions',
  )
})
