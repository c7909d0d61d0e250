import { expect, test } from 'vitest'
import { createPalette } from './palette.ts'
import { wrapLine, wrapWords } from './wrap.ts'

const { red } = createPalette(true)

test('keeps a line that fits, whatever its colours', () => {
  const line = `  ${red('one')}  two`

  expect(wrapLine(line, 10)).toEqual([line])
})

test('indents the continuation of a longer line', () => {
  expect(wrapLine('    one two three four five six', 28)).toEqual([
    '    one two three four',
    '      five six',
  ])
})

test('keeps a command, and a word that is too long, in one piece', () => {
  const command = '`lockstep apply -f lockstep.yaml`'

  expect(wrapWords(`run ${command} now`, 20)).toEqual(['run', command, 'now'])
  expect(wrapWords('a'.repeat(50), 20)).toEqual(['a'.repeat(50)])
})

test('wraps nothing if there is no room', () => {
  expect(wrapLine('one two three four five', 10)).toEqual(['one two three four five'])
})
