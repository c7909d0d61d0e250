import { expect, test } from 'vitest'
import { DRIFTED } from '../mutated-answers/drifted-cluster.ts'
import { tryAnswers } from '../mutated-answers/try-answers.ts'

test('every changed answer ends in the right result or a clear error', async () => {
  const { tried, clean, wrong, crashed } = await tryAnswers({ ...DRIFTED, depth: 4 })

  console.log(`${tried} tried, ${clean} clean, ${wrong.length} false, ${crashed.length} crashed`)
  expect(wrong).toEqual([])
  expect(crashed).toEqual([])
  expect(tried).toBeGreaterThanOrEqual(2000)
})
