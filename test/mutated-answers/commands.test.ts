import { expect, test } from 'vitest'
import { trySimulated } from './simulated-trials.ts'

test('a sample of mutated answers has no command say what is false, or crash', async () => {
  const { tried, wrong, crashed } = await trySimulated({ depth: 3, count: 3, applyCount: 6 })

  expect(wrong).toEqual([])
  expect(crashed).toEqual([])
  expect(tried).toBeGreaterThan(30)
})
