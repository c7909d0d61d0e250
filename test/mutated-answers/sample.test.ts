import { expect, test } from 'vitest'
import { DRIFTED } from './drifted-cluster.ts'
import { tryAnswers } from './try-answers.ts'

test('a sample of changed answers hides no drift and no node, and crashes nothing', async () => {
  const { tried, wrong, crashed } = await tryAnswers({ ...DRIFTED, depth: 3 }, 17)

  expect(wrong).toEqual([])
  expect(crashed).toEqual([])
  expect(tried).toBeGreaterThan(100)
})
