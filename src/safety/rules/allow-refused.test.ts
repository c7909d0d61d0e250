import { expect, test } from 'vitest'
import type { Standing } from '../rule.ts'
import { allowRefused } from './allow-refused.ts'
import { nodeSkew } from './node-skew.ts'
import { versionInUse } from './version-in-use.ts'

const allowance = { rule: 'version-in-use', subject: 'secret/my-kv', because: 'I dare' }
const standing: Standing = {
  rule: versionInUse,
  expired: false,
  matched: true,
  covered: false,
  subjects: [],
}

test('a rule that nobody may allow is refused', () => {
  expect(allowRefused.judge(allowance, standing)).toEqual({
    subject: 'secret/my-kv',
    message:
      'The file allows version-in-use for secret/my-kv, but version-in-use cannot be allowed.',
  })
})

test('a rule that may be allowed is not', () => {
  expect(allowRefused.judge(allowance, { ...standing, rule: nodeSkew })).toBeUndefined()
})
