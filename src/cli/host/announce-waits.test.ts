import { expect, test } from 'vitest'
import { nodeAddress } from '../../../test/builders/live.ts'
import type { ServerResponse } from '../../domain/exchange.ts'
import { readHealth } from '../../server/requests.ts'
import { announceWaits } from './announce-waits.ts'

test('a node whose answer is long in coming is named, once', async () => {
  const told: string[] = []
  const due = new Set<() => void>()
  const answers: ((response: ServerResponse) => void)[] = []
  const transport = announceWaits(
    {
      send: () => new Promise((resolve) => answers.push(resolve)),
      close: () => Promise.resolve(),
    },
    {
      err: (text) => told.push(text),
      every: (_, callback) => {
        due.add(callback)
        return () => due.delete(callback)
      },
    },
  )
  const node = nodeAddress(1)

  const both = [transport.send(node, readHealth()), transport.send(node, readHealth())]
  for (let times = 0; times < 2; times += 1) due.forEach((callback) => callback())

  expect(told).toEqual([`waiting for ${node} to answer …\n`])
  for (const answer of answers) answer({ status: 200, body: null })
  await Promise.all(both)
  expect(due.size).toBe(0)
})
