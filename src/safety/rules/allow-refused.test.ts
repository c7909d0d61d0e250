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

test('refuses an allowance of a rule that cannot be allowed', () => {
  expect(allowRefused.judge(allowance, standing)).toEqual({
    subject: 'secret/my-kv',
    message:
      'The file allows version-in-use for secret/my-kv, but version-in-use cannot be allowed.',
    at: SOURCE,
  })
  const { source: _, ...typed } = allowance
  expect(allowRefused.judge(typed, standing)?.message).toMatch(/^The command line \(`--allow`\) /)
})

test('accepts an allowance of a rule that can be allowed', () => {
  expect(allowRefused.judge(allowance, { ...standing, rule: nodeSkew })).toBeUndefined()
})

test('leaves an allowance of an unknown rule to another rule', () => {
  const { rule: _rule, ...unknown } = standing

  expect(allowRefused.judge(allowance, unknown)).toBeUndefined()
})
