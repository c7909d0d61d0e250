import { expect, test } from 'vitest'
import { desiredPlugin, mountOf, only, safetyInput } from '../../../test/builders/safety-input.ts'
import { notOverridable } from './not-overridable.ts'

test('refuses to register kv or database, also with `overrides: builtin`', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin('secret/kv', { overridesBuiltin: true, versions: ['v0.21.0'] })],
    },
    live: { mounts: [mountOf('kv/', 'secret/kv', 'v2.7.2+builtin.bao')] },
  })

  expect(notOverridable.allowable).toBe(false)
  expect(only(notOverridable.judge(input))).toMatchObject({
    subject: 'secret/kv',
    message:
      'secret/kv always runs the compiled-in plugin: nothing registered under that name would ever run.',
    mounts: ['kv/'],
  })
})

test('accepts another name', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin('secret/my-kv', { versions: ['v0.21.0'] })] },
  })

  expect(notOverridable.judge(input)).toEqual([])
})
