import { expect, test } from 'vitest'
import { parseDuration } from './duration.ts'

test.each([
  ['0', 0],
  ['90', 90],
  ['0.5', 0.5],
  ['60s', 60],
  ['1m30s', 90],
  ['1.5h', 5400],
  ['500ms', 0.5],
  ['1h2m3s4ms', 3723.004],
  ['24h', 86_400],
  ['7d', 604_800],
  ['3650d', 315_360_000],
])('%s is %d s', (text, seconds) => {
  expect(parseDuration(text)).toBeCloseTo(seconds, 9)
})

test.each([
  '',
  ' ',
  'abc',
  '1x',
  's',
  '-5',
  '+5',
  '1m 30s',
  '1e3',
  '1.s',
  '3651d',
  '9'.repeat(400),
])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})
