import { expect, test } from 'vitest'
import { nodeAddress } from '../../../test/builders/live.ts'
import type { ServerResponse } from '../../domain/exchange.ts'
import { readHealth } from '../../server/requests.ts'
import { announceWaits } from './announce-waits.ts'

test('names a node once if its answer takes long', async () => {
  const printed: string[] = []
  const callbacks = new Set<() => void>()
  const answers: ((response: ServerResponse) => void)[] = []
  const transport = announceWaits(
    {
      send: () => new Promise((resolve) => answers.push(resolve)),
      close: () => Promise.resolve(),
    },
    {
      err: (text) => printed.push(text),
      every: (_, callback) => {
        callbacks.add(callback)
        return () => callbacks.delete(callback)
      },
    },
  )
  const node = nodeAddress(1)

  const both = [transport.send(node, readHealth()), transport.send(node, readHealth())]
  for (let times = 0; times < 2; times += 1) callbacks.forEach((callback) => callback())

  expect(printed).toEqual([`waiting for ${node} to answer …\n`])
  for (const answer of answers) answer({ status: 200, body: null })
  await Promise.all(both)
  expect(callbacks.size).toBe(0)
})
