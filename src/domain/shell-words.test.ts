import { expect, test } from 'vitest'
import { shellWords } from './shell-words.ts'

test.each([
  [['--a', 'b'], '--a b'],
  [['--a b'], "'--a b'"],
  [['./smoke.sh', '{mount}'], './smoke.sh {mount}'],
  [['{a,b}'], "'{a,b}'"],
  [[''], "''"],
  [["it's"], "'it'\\''s'"],
])('%j is %s', (words, expected) => {
  expect(shellWords(words)).toBe(expected)
})
