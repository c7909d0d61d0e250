import { expect, test } from 'vitest'
import { connectionPath, liveConnection, plugin } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { UNVERSIONED } from '../../domain/names.ts'
import { builtinHidden } from './builtin-hidden.ts'

const JWT = 'auth/jwt'
const live = {
  catalog: [entryOf(JWT, 'unversioned')],
  mounts: [mountOf('auth/jwt/', JWT, 'unversioned')],
}

test('refuses the builtin while an unversioned entry stays', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin' })] },
    live,
  })

  expect(only(builtinHidden.judge(input))).toMatchObject({
    subject: JWT,
    message:
      'auth/jwt/ should run the builtin auth/jwt, but an unversioned entry hides it, and the file does not retire the entry.',
    mounts: ['auth/jwt/'],
  })
})

test('refuses the builtin if the file would register an unversioned entry', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin', versions: ['unversioned'] })] },
    live: { mounts: live.mounts },
  })

  expect(only(builtinHidden.judge(input)).message).toContain('that the file lists would hide it')
})

test('refuses the builtin for a database connection, too', () => {
  const DB = 'database/mysql-database-plugin'
  const connection = liveConnection(connectionPath('db/config/orders'), {
    plugin: plugin(DB),
    version: UNVERSIONED,
  })
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(DB, { use: 'builtin' })] },
    live: { catalog: [entryOf(DB, 'unversioned')], connections: [connection] },
  })

  expect(only(builtinHidden.judge(input)).message).toContain('db/config/orders should run')
})

test('allows the builtin if the entry is retired', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin', retire: ['unversioned'] })] },
    live,
  })

  expect(builtinHidden.judge(input)).toEqual([])
})
