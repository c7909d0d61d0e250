import { expect, test } from 'vitest'
import { runBounded } from './run-bounded.ts'

test('a command that prints without end is ended', async () => {
  const ran = await runBounded(['yes'], { timeLimit: 60_000, secrets: [] })

  expect(ran).toEqual({ kind: 'failed', reason: 'it printed more than 10 million characters' })
})
