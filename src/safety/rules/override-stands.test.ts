import { expect, test } from 'vitest'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { overrideStands } from './override-stands.ts'

const JWT = 'auth/jwt'
const live = {
  catalog: [entryOf(JWT, 'unversioned')],
  mounts: [mountOf('auth/jwt/', JWT, 'unversioned')],
}

test('the builtin cannot be used while an unversioned entry stays', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin' })] },
    live,
  })

  expect(only(overrideStands.judge(input))).toMatchObject({
    subject: JWT,
    message:
      'auth/jwt/ is to run the builtin auth/jwt, but an unversioned entry stands in its place and the file does not retire it.',
    mounts: ['auth/jwt/'],
  })
})

test('it can where the entry is retired', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin', retire: ['unversioned'] })] },
    live,
  })

  expect(overrideStands.judge(input)).toEqual([])
})
