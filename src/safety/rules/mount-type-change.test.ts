import { expect, test } from 'vitest'
import {
  desiredMount,
  desiredPlugin,
  mountOf,
  only,
  safetyInput,
  SOURCE,
} from '../../../test/builders/safety-input.ts'
import { mountTypeChange } from './mount-type-change.ts'

test('names a mount that exists with another plugin, and both plugins', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin('secret/my-kv', { use: 'v0.21.0', versions: ['v0.21.0'] })],
      mounts: [desiredMount('team-a/', 'secret/my-kv', { enable: true })],
    },
    live: { mounts: [mountOf('team-a/', 'secret/other', 'v1.0.0')] },
  })

  expect(mountTypeChange.allowable).toBe(false)
  expect(only(mountTypeChange.judge(input))).toEqual({
    subject: 'team-a/',
    message:
      'team-a/ is a mount of secret/other, but the file says that it is a mount of secret/my-kv.',
    mounts: ['team-a/'],
    at: SOURCE,
  })
})

test('finds nothing for a mount of the plugin in the file', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin('secret/my-kv')],
      mounts: [desiredMount('team-a/', 'secret/my-kv')],
    },
    live: { mounts: [mountOf('team-a/', 'secret/my-kv', 'v0.21.0')] },
  })

  expect(mountTypeChange.judge(input)).toEqual([])
})
