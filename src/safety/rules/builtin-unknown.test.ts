import { expect, test } from 'vitest'
import {
  builtinEntry,
  connectionPath,
  liveConnection,
  plugin,
  version,
} from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
  SOURCE,
} from '../../../test/builders/safety-input.ts'
import { builtinUnknown } from './builtin-unknown.ts'

const JWT = 'auth/jwt'
const desired = { plugins: [desiredPlugin(JWT, { use: 'builtin' })] }
const mounts = [mountOf('auth/jwt/', JWT, 'v0.26.1')]
const external = entryOf(JWT, 'v0.26.1')

test('refuses the builtin for a mount with a version if the catalog does not show the builtin', () => {
  const input = safetyInput({ desired, live: { catalog: [external], mounts } })

  expect(only(builtinUnknown.judge(input))).toMatchObject({
    subject: JWT,
    message:
      'auth/jwt/ should run the builtin auth/jwt, but the server does not show the version of that builtin.',
    mounts: ['auth/jwt/'],
  })
})

test('accepts the builtin if the catalog shows it', () => {
  const builtin = builtinEntry(plugin(JWT), version('v2.7.2+builtin.bao'))
  const input = safetyInput({ desired, live: { catalog: [external, builtin], mounts } })

  expect(builtinUnknown.judge(input)).toEqual([])
})

test('refuses the builtin for a connection, too', () => {
  const DB = 'database/redis'
  const connection = liveConnection(connectionPath('db/config/orders'), {
    plugin: plugin(DB),
    version: version('v0.7.0'),
  })
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(DB, { use: 'builtin' })] },
    live: { catalog: [entryOf(DB, 'v0.7.0')], connections: [connection] },
  })

  expect(only(builtinUnknown.judge(input))).toMatchObject({
    message: expect.stringContaining('db/config/orders should run the builtin') as string,
    mounts: [],
    at: SOURCE,
  })
})
