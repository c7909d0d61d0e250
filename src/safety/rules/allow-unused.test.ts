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

test('reports an allowance that matches no finding', () => {
  expect(allowUnused.judge(allowance, standing)?.message).toBe(
    'The file allows node-skew for secret/my-kv, but the rule found nothing.',
  )
})

test('names the subjects that the rule found if the subject of the allowance is another one', () => {
  const found = allowUnused.judge(allowance, { ...standing, subjects: ['secret/my-kv-2'] })

  expect(found?.message).toContain('but the findings of the rule are about secret/my-kv-2')
})

test('names a rule that does not exist', () => {
  const { rule: _rule, ...unknown } = standing

  expect(allowUnused.judge(allowance, unknown)?.message).toContain('there is no rule of that name')
})

test('reports an expired allowance that another allowance has replaced', () => {
  const replaced = { ...standing, expired: true, matched: true, covered: true }

  expect(allowUnused.judge(allowance, replaced)?.message).toContain(
    'another entry accepts the same finding',
  )
})

test('accepts an allowance that matches, and leaves one of a rule that cannot be allowed to another rule', () => {
  expect(
    allowUnused.judge(allowance, { ...standing, matched: true, covered: true }),
  ).toBeUndefined()
  expect(allowUnused.judge(allowance, { ...standing, rule: wrongCluster })).toBeUndefined()
})

test('leaves an expired allowance that nothing has replaced to another rule', () => {
  expect(
    allowUnused.judge(allowance, { ...standing, expired: true, matched: true }),
  ).toBeUndefined()
})
