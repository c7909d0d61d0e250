import { expect, test } from 'vitest'
import { SOURCE } from '../../../test/builders/safety-input.ts'
import type { Standing } from '../rule.ts'
import { allowRefused } from './allow-refused.ts'
import { nodeSkew } from './node-skew.ts'
import { versionInUse } from './version-in-use.ts'

const allowance = {
  rule: 'version-in-use',
  subject: 'secret/my-kv',
  because: 'I dare',
  source: SOURCE,
}
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
    at: SOURCE,
  })
  const { source: _, ...typed } = allowance
  expect(allowRefused.judge(typed, standing)?.message).toMatch(/^The command line \(`--allow`\) /)
})

test('a rule that may be allowed is not', () => {
  expect(allowRefused.judge(allowance, { ...standing, rule: nodeSkew })).toBeUndefined()
})

test('a rule that is not there is another rule’s', () => {
  const { rule: _rule, ...unknown } = standing

  expect(allowRefused.judge(allowance, unknown)).toBeUndefined()
})
