import { expect, it } from 'vitest'
import { findDuplicateKey } from './duplicate-keys.ts'

it.each([
  ['{"a":1,"a":2}', 'a'],
  ['[{"b":[{"a":1,"c":{},"a":2}]}]', 'a'],
  [String.raw`{"a":1,"\u0061":2}`, 'a'],
  [String.raw`{"\"":1,"\"":2}`, '"'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"":1,"":2}', ''],
])('finds the duplicate key in %s', (json, key) => {
  expect(findDuplicateKey(json)).toBe(key)
})

it.each([
  '{"a":1,"b":"a","c":{"a":1},"d":[{"a":1},{"a":1},"a","a"]}',
  String.raw`{"a":"{\"a\":1,\"a\":2}","b":"a"}`,
  '"a"',
  '[]',
])('finds no duplicate key in %s', (json) => {
  expect(findDuplicateKey(json)).toBeUndefined()
})
