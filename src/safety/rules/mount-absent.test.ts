import { expect, test } from 'vitest'
import {
  desiredConnection,
  desiredMount,
  desiredPlugin,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { mountAbsent } from './mount-absent.ts'
import { unreadableParts } from './unreadable.ts'

test('names mounts and connections that do not exist', () => {
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

test('finds nothing for a mount with `enable: true`', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin('secret/my-kv', { use: 'v0.21.0', versions: ['v0.21.0'] })],
      mounts: [desiredMount('team-a/', 'secret/my-kv', { enable: true })],
    },
  })

  expect(mountAbsent.judge(input)).toEqual([])
})

test('finds nothing for a mount and a connection in a sealed namespace, which may exist', () => {
  const input = safetyInput({
    live: {
      unreadable: [
        { what: 'namespaces', path: 'team/', reason: 'the namespace is sealed' },
        { what: 'connections', path: 'db/config', reason: 'HTTP 403' },
      ],
    },
    desired: {
      plugins: [
        desiredPlugin('database/redis'),
        desiredPlugin('secret/my-kv', { use: 'v0.21.0', versions: ['v0.21.0'] }),
      ],
      mounts: [
        desiredMount('team/a/', 'secret/my-kv'),
        desiredMount('team/b/', 'secret/my-kv', { enable: true }),
        desiredMount('teams/c/', 'secret/my-kv'),
      ],
      connections: [desiredConnection('db/config/orders', 'database/redis')],
    },
  })

  expect(mountAbsent.judge(input).map(({ subject }) => subject)).toEqual(['teams/c/'])
  expect(input.draft.targets.flatMap(({ targets }) => targets.newMounts)).toEqual([])
  expect(unreadableParts.judge(input).map(({ message }) => message)).toEqual([
    'team/ could not be read: the namespace is sealed. Whether team/a/ and team/b/ exist is not known: the plan leaves them out.',
    'db/config could not be read: HTTP 403. Whether db/config/orders exists is not known: the plan leaves it out.',
  ])
})
