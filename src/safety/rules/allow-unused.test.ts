import { expect, test } from 'vitest'
import { SOURCE } from '../../../test/builders/safety-input.ts'
import type { Standing } from '../rule.ts'
import { allowUnused } from './allow-unused.ts'
import { nodeSkew } from './node-skew.ts'
import { wrongCluster } from './wrong-cluster.ts'

const allowance = { rule: 'node-skew', subject: 'secret/my-kv', because: 'known', source: SOURCE }
const standing: Standing = {
  rule: nodeSkew,
  expired: false,
  matched: false,
  covered: false,
  subjects: [],
}

test('an allowance that matches nothing is unused', () => {
  expect(allowUnused.judge(allowance, standing)?.message).toBe(
    'The file allows node-skew for secret/my-kv, but the rule found nothing.',
  )
})

test('where the rule found something about another subject, that is named', () => {
  const found = allowUnused.judge(allowance, { ...standing, subjects: ['secret/my-kv-2'] })

  expect(found?.message).toContain('but the findings of the rule are about secret/my-kv-2')
})

test('a rule that does not exist is named', () => {
  const { rule: _rule, ...unknown } = standing

  expect(allowUnused.judge(allowance, unknown)?.message).toContain('there is no rule of that name')
})

test('an ended allowance that another one has replaced is unused', () => {
  const replaced = { ...standing, expired: true, matched: true, covered: true }

  expect(allowUnused.judge(allowance, replaced)?.message).toContain(
    'another entry accepts the same finding',
  )
})

test('one that matches is used, and one for a rule that nobody may allow is another rule’s', () => {
  expect(
    allowUnused.judge(allowance, { ...standing, matched: true, covered: true }),
  ).toBeUndefined()
  expect(allowUnused.judge(allowance, { ...standing, rule: wrongCluster })).toBeUndefined()
})

test('an ended allowance that nothing has replaced is another rule’s', () => {
  expect(
    allowUnused.judge(allowance, { ...standing, expired: true, matched: true }),
  ).toBeUndefined()
})
