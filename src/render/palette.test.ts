import { expect, test } from 'vitest'
import { createPalette, paintKey, terminalText, withoutPaint } from './palette.ts'

const key = paintKey('0badcafe')
const { red, bold, dim } = createPalette(true, key)

test('turns colours into escape sequences only when they are written', () => {
  const text = red(`a ${bold('b')} c`)

  expect(text).not.toContain('\u001b')
  expect(terminalText(text, key)).toBe('\u001b[31ma \u001b[1mb\u001b[22m c\u001b[39m')
  expect(withoutPaint(text)).toBe('a b c')
})

test('continues a colour after a colour within it', () => {
  expect(terminalText(bold(`a${dim('b')}c`), key)).toBe(
    '\u001b[1ma\u001b[2mb\u001b[22m\u001b[1mc\u001b[22m',
  )
})

test('does not change a text if colours are disabled', () => {
  expect(createPalette(false, key).red('a')).toBe('a')
})

test('shows an escape sequence that no palette made as text', () => {
  const text = red('a\u001b[2J\u009b31m\u202eb\r\nc')

  expect(terminalText(text, key)).toBe('\u001b[31ma\\u{1b}[2J\\u{9b}31m\\u{202e}b\\r\nc\u001b[39m')
})

test('shows a mark with another key or an unknown code as text', () => {
  const forged = createPalette(true, paintKey('00000001')).green('Apply complete.')
  const conceal = `\ue000${key}\ue008`

  expect(terminalText(forged, key)).not.toContain('\u001b')
  expect(terminalText(conceal, key)).not.toContain('\u001b')
})
