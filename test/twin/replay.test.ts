/** The twin answers every recorded request as the real cluster did. */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Product } from '../../src/domain/live.ts'
import { createComparison } from './compare.ts'
import { NOT_MODELLED } from './not-modelled.ts'
import { makeRecordedCluster, readRecording } from './recording.ts'

describe.each(['openbao', 'vault'] satisfies Product[])('%s', (product) => {
  const exchanges = readRecording(product)
  const twin = makeRecordedCluster(product, exchanges)
  const compare = createComparison()
  const accepted = new Set(
    NOT_MODELLED.filter((entry) => entry.product === product).map((entry) => entry.line),
  )
  const stories = new Map<string, typeof exchanges>()
  for (const exchange of exchanges) {
    stories.set(exchange.story, [...(stories.get(exchange.story) ?? []), exchange])
  }

  // In order, on one twin: each story goes on from where the one before it ended.
  test.each([...stories])('%s', (_, told) => {
    const differing = told.flatMap((exchange) => {
      const { node, request, line } = exchange
      const { recorded, answered } = compare(exchange, twin.send(node, request))
      if (isDeepStrictEqual(recorded, answered)) return []
      return [{ line, asked: `${node} ${request.method} ${request.path}`, recorded, answered }]
    })

    const unexpected = differing.filter(({ line }) => !accepted.has(line))
    expect(unexpected.map(({ recorded, ...rest }) => ({ ...rest, answered: recorded }))).toEqual(
      unexpected.map(({ asked, line, answered }) => ({ line, asked, answered })),
    )
    const needed = new Set(differing.map(({ line }) => line))
    expect(told.filter(({ line }) => accepted.has(line) && !needed.has(line))).toEqual([])
  })

  test('every exchange is compared', () => {
    const counts = [...stories].map(([story, told]) => `${story}: ${told.length}`)
    console.log(`${product}: ${exchanges.length} exchanges compared (${counts.join('; ')})`)

    const known = new Map(exchanges.map((exchange) => [exchange.line, exchange.story]))
    const misplaced = NOT_MODELLED.filter(
      (entry) => entry.product === product && known.get(entry.line) !== entry.story,
    )
    expect(misplaced).toEqual([])
    expect([...stories.values()].flat()).toHaveLength(exchanges.length)
  })
})
