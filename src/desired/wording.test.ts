import { expect, test } from 'vitest'
import { findClosest, listFirst, listWords, showText, suggest } from './wording.ts'

test('cuts a shown text and removes its control characters', () => {
  expect(showText('a\u001b[31m\n\u202eb')).toBe('a\\u{1b}[31m\\n\\u{202e}b')
  expect(showText('x'.repeat(100))).toBe(`${'x'.repeat(80)}…`)
})

test.each([
  ['plugin', 'plugins'],
  ['mouts', 'mounts'],
  ['moutns', 'mounts'],
  ['v0.22.0', undefined],
  ['', undefined],
])('finds for %j the closest word %s', (text, closest) => {
  expect(findClosest(text, ['plugins', 'mounts', 'version'])).toBe(closest)
})

test('takes the nearest of several similar words, and the first of equally near words', () => {
  expect(findClosest('v0.21.1', ['v0.20.0', 'v0.21.0', 'v0.21.2'])).toBe('v0.21.0')
})

test('lists words', () => {
  expect(listWords(['a'])).toBe('a')
  expect(listWords(['a', 'b', 'c'], 'or')).toBe('a, b or c')
  expect(listFirst(['a', 'b', 'c'], 2)).toBe('a, b and 1 more')
  expect(suggest('x', [], 'there are')).toBe('there are none')
})
