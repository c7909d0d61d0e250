import { expect, test } from 'vitest'
import { trySimulated } from '../mutated-answers/simulated-trials.ts'

test('every command ends in the right result or a clear error, whichever answer is mutated', async () => {
  const { tried, clean, wrong, crashed } = await trySimulated({
    depth: 3,
    count: 180,
    applyCount: 500,
  })

  console.log(`${tried} tried, ${clean} clean, ${wrong.length} false, ${crashed.length} crashed`)
  expect(wrong).toEqual([])
  expect(crashed).toEqual([])
  expect(tried).toBeGreaterThanOrEqual(2000)
})
