import { describe, expect, it } from 'vitest'
import { jsonText, printable, printableLines } from './printable.ts'

const HOSTILE: readonly (readonly [string, string, string])[] = [
  ['an escape sequence', 'a\u001b[2Jb', 'a\\u{1b}[2Jb'],
  ['a line break', 'a\r\nb', 'a\\r\\nb'],
  ['a Unicode line break', 'a\u2028b', 'a\\u{2028}b'],
  ['a one-byte control sequence', 'a\u009b2Jb', 'a\\u{9b}2Jb'],
  ['NUL', 'a\u0000b', 'a\\u{0}b'],
  ['text that runs backwards', 'a\u202eb', 'a\\u{202e}b'],
  ['an isolate', 'a\u2066b', 'a\\u{2066}b'],
  ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
  ['a soft hyphen', 'a\u00adb', 'a\\u{ad}b'],
  ['an invisible tag', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ['a filler letter', 'a\u3164b', 'a\\u{3164}b'],
  ['half a pair', 'a\ud800b', 'a\\u{d800}b'],
  ['a private-use character', 'a\ue000b', 'a\\u{e000}b'],
]

describe('printable', () => {
  it('leaves ordinary text alone, in any script', () => {
    expect(printable('café-équipe/ 漢字 עברית ≠ →')).toBe('café-équipe/ 漢字 עברית ≠ →')
  })

  it.each(HOSTILE)('shows %s as what it is', (_what, text, shown) => {
    expect(printable(text)).toBe(shown)
  })

  it('keeps the line breaks of a text of several lines, and nothing else', () => {
    expect(printableLines('a\n\u001bb')).toBe('a\n\\u{1b}b')
  })
})

describe('jsonText', () => {
  it.each(HOSTILE)('escapes %s, and reads back the same', (_what, text) => {
    const json = jsonText({ text }, 2)

    expect(json).toBe(printableLines(json))
    expect(JSON.parse(json)).toEqual({ text })
  })
})
