import { expect, test } from 'vitest'
import { agree, nameSome } from './wording.ts'

test.each([
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c', 'd'], 'a, b, c and d'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d and e'],
])('%j are named as %s', (items, text) => {
  expect(nameSome(items)).toBe(text)
})

test('only the first twenty names are listed', () => {
  const items = Array.from({ length: 25 }, (_, at) => `m${at}/`)

  expect(nameSome(items)).toBe(`${items.slice(0, 20).join(', ')} and 5 more`)
})

test('a verb agrees with the number', () => {
  expect([1, 2].map((number) => agree(number, 'uses', 'use'))).toEqual(['uses', 'use'])
})
