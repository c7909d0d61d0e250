import { expect, test } from 'vitest'
import { builtinEntry, plugin, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { leftOnBuiltinVersion } from './left-on-builtin-version.ts'

const JWT = 'auth/jwt'
const BUILTIN = 'v2.7.2+builtin.bao'
const catalog = [builtinEntry(plugin(JWT), version(BUILTIN)), entryOf(JWT, 'v0.26.1')]

test('warns of a mount that the plan tunes to a builtin’s version', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin' })] },
    live: { catalog, mounts: [mountOf('auth/jwt/', JWT, 'v0.26.1')] },
  })

  expect(only(leftOnBuiltinVersion.judge(input))).toMatchObject({
    subject: JWT,
    message: `1 mount of auth/jwt is left configured for ${BUILTIN}, which the next server release will not have: auth/jwt/.`,
    mounts: ['auth/jwt/'],
  })
})

test('finds nothing for a mount that the plan changes to another version', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'v0.26.1', versions: ['v0.26.1'] })] },
    live: { catalog, mounts: [mountOf('auth/jwt/', JWT, BUILTIN)] },
  })

  expect(leftOnBuiltinVersion.judge(input)).toEqual([])
})

test('gives the place in the file where the mounts get their version', () => {
  const source = { file: 'plugins.yaml', line: 9, column: 5 }
  const input = safetyInput({
    desired: { plugins: [{ ...desiredPlugin(JWT), use: { value: { kind: 'builtin' }, source } }] },
    live: { catalog, mounts: [mountOf('auth/jwt/', JWT, 'v0.26.1')] },
  })

  expect(only(leftOnBuiltinVersion.judge(input)).at).toEqual(source)
})
