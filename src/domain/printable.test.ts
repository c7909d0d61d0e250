import { describe, expect, it } from 'vitest'
import { commandLines, jsonText, line, lines, printable, printableLines } from './printable.ts'

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
  ['half of a surrogate pair', 'a\ud800b', 'a\\u{d800}b'],
  ['a private-use character', 'a\ue000b', 'a\\u{e000}b'],
]

describe('printable', () => {
  it('does not change ordinary text in any script', () => {
    expect(printable('café-équipe/ 漢字 עברית ≠ →')).toBe('café-équipe/ 漢字 עברית ≠ →')
  })

  it.each(HOSTILE)('shows %s as an escape', (_what, text, shown) => {
    expect(printable(text)).toBe(shown)
  })

  it('keeps only the line breaks of a text with several lines', () => {
    expect(printableLines('a\n\u001bb')).toBe('a\n\\u{1b}b')
  })
})

describe('a command for a CI system in its log', () => {
  it.each([
    ['x ##[set-output name=a]b', 'x \\u{23}#[set-output name=a]b'],
    ['##vso[task.setvariable variable=PATH]/x', '\\u{23}#vso[task.setvariable variable=PATH]/x'],
    ['###VSO[a]', '#\\u{23}#VSO[a]'],
    ['## heading #[x]', '## heading #[x]'],
  ])('is escaped: %s', (text, shown) => {
    expect(printable(text)).toBe(shown)
    expect(JSON.parse(jsonText(text))).toBe(text)
    expect(jsonText(text)).not.toMatch(/##(?:vso)?\[/i)
  })

  it('begins no line, except in annotations', () => {
    expect(line`${'::stop-commands::x'} ended`).toBe('\\u{3a}:stop-commands::x ended\n')
    expect(lines('MOUNT', '  ::error::x/  kv', 'a::b\n::c')).toBe(
      'MOUNT\n  \\u{3a}:error::x/  kv\na::b\n\\u{3a}:c\n',
    )
    expect(commandLines('::error::x')).toBe('::error::x\n')
  })
})

describe('jsonText', () => {
  it.each(HOSTILE)('escapes %s and can be parsed to the same value', (_what, text) => {
    const json = jsonText({ text }, 2)

    expect(json).toBe(printableLines(json))
    expect(JSON.parse(json)).toEqual({ text })
  })
})
