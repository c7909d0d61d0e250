import { expect, test } from 'vitest'
import { createPalette } from './palette.ts'
import { wrapLine, wrapWords } from './wrap.ts'

const { red } = createPalette(true)

test('a line that fits is left as it is, whatever its colours', () => {
  const line = `  ${red('one')}  two`

  expect(wrapLine(line, 10)).toEqual([line])
})

test('a longer one goes on further in', () => {
  expect(wrapLine('    one two three four five six', 28)).toEqual([
    '    one two three four',
    '      five six',
  ])
})

test('a command stays in one piece, and a word that is too long too', () => {
  const command = '`lockstep apply -f lockstep.yaml`'

  expect(wrapWords(`run ${command} now`, 20)).toEqual(['run', command, 'now'])
  expect(wrapWords('a'.repeat(50), 20)).toEqual(['a'.repeat(50)])
})

test('nothing is broken where there is no room', () => {
  expect(wrapLine('one two three four five', 10)).toEqual(['one two three four five'])
})
