import { expect, test } from 'vitest'
import { SOURCE } from '../../../test/builders/safety-input.ts'
import type { Standing } from '../rule.ts'
import { allowExpired } from './allow-expired.ts'
import { dataDowngrade } from './data-downgrade.ts'
import { versionInUse } from './version-in-use.ts'

const allowance = {
  rule: 'data-downgrade',
  subject: 'secret/my-kv',
  because: 'CHG-1432',
  until: '2026-02-28',
  source: SOURCE,
}
const standing: Standing = {
  rule: dataDowngrade,
  expired: true,
  matched: true,
  covered: false,
  subjects: ['secret/my-kv'],
}

test('reports an allowance whose last day is over, with the finding that it accepted', () => {
  expect(allowExpired.judge(allowance, standing)).toEqual({
    subject: 'secret/my-kv',
    message:
      'The allowance of data-downgrade for secret/my-kv ended on 2026-02-28 (“CHG-1432”), so the finding counts again.',
    at: SOURCE,
  })
})

test('reports no allowance that is valid, matches no finding or was replaced', () => {
  expect(allowExpired.judge(allowance, { ...standing, expired: false })).toBeUndefined()
  expect(allowExpired.judge(allowance, { ...standing, matched: false })).toBeUndefined()
  expect(allowExpired.judge(allowance, { ...standing, covered: true })).toBeUndefined()
})

test('leaves an allowance of an unknown rule, or of a rule that cannot be allowed, to other rules', () => {
  const { rule: _rule, ...unknown } = standing

  expect(allowExpired.judge(allowance, unknown)).toBeUndefined()
  expect(allowExpired.judge(allowance, { ...standing, rule: versionInUse })).toBeUndefined()
})
