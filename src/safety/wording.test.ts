import { expect, test } from 'vitest'
import { agree, nameSome } from './wording.ts'

test.each([
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c', 'd'], 'a, b, c and d'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
])('%j are named as %s', (items, text) => {
  expect(nameSome(items)).toBe(text)
})

test('a verb agrees with the number', () => {
  expect([1, 2].map((number) => agree(number, 'uses', 'use'))).toEqual(['uses', 'use'])
})
