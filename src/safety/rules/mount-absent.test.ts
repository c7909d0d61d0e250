import { expect, test } from 'vitest'
import {
  desiredConnection,
  desiredMount,
  desiredPlugin,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { mountAbsent } from './mount-absent.ts'

test('mounts and connections that are not there are named', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin('database/redis'), desiredPlugin('secret/my-kv')],
      mounts: [desiredMount('team-a/', 'secret/my-kv')],
      connections: [desiredConnection('db/config/orders', 'database/redis')],
    },
  })

  expect(mountAbsent.judge(input).map(({ subject, message }) => ({ subject, message }))).toEqual([
    { subject: 'db/config/orders', message: 'There is no connection db/config/orders.' },
    { subject: 'team-a/', message: 'Nothing is mounted at team-a/.' },
  ])
})

test('a mount that is to be made is no finding', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin('secret/my-kv', { use: 'v0.21.0', versions: ['v0.21.0'] })],
      mounts: [desiredMount('team-a/', 'secret/my-kv', { enable: true })],
    },
  })

  expect(mountAbsent.judge(input)).toEqual([])
})
