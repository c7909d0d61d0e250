/**
 * The colours of terminal output. The caller decides whether there are any.
 *
 * A palette writes no escape sequences. It writes marks. Only `terminalText` turns marks into
 * colours, and only those with the key of the palette. So an escape sequence or a forged mark in a
 * text of others stays text.
 */
import { printableLines } from '../domain/printable.ts'

export type Paint = (text: string) => string

/**
 * The functions with which renderers colour texts. Without colours they return the text unchanged.
 */
export type Palette = Readonly<Record<keyof typeof COLOURS, Paint>>

/** The SGR codes that begin and end a colour. */
const COLOURS = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

const CODES = new Set<number>(Object.values(COLOURS).flat())

/**
 * A mark is this character, the four characters of the key, and one for the code; all are
 * private-use characters.
 */
const MARK = '\ue000'
const FIRST_CODE = 0xe000
const MARKS = /\ue000([\ue100-\ue1ff]{4})([\ue000-\ue0ff])/gu

/** A key of four private-use characters from four random bytes; from zeros if no key is needed. */
export function paintKey(hex = '00000000'): string {
  return Array.from(hex.slice(0, 8).matchAll(/../g), ([byte]) =>
    String.fromCharCode(0xe100 + Number.parseInt(byte, 16)),
  ).join('')
}

/** `key` must be the key of the `terminalText` that writes the text. */
export function createPalette(enabled: boolean, key = paintKey()): Palette {
  const paint =
    ([begin, end]: readonly [number, number]): Paint =>
    (text) => {
      if (!enabled) return text
      const begins = `${MARK}${key}${String.fromCharCode(FIRST_CODE + begin)}`
      const ends = `${MARK}${key}${String.fromCharCode(FIRST_CODE + end)}`
      // After a colour within the text ends, this colour begins again.
      return `${begins}${text.replaceAll(ends, `${ends}${begins}`)}${ends}`
    }
  return {
    bold: paint(COLOURS.bold),
    dim: paint(COLOURS.dim),
    red: paint(COLOURS.red),
    green: paint(COLOURS.green),
    yellow: paint(COLOURS.yellow),
    cyan: paint(COLOURS.cyan),
  }
}

/**
 * The text as it is written to a terminal, a pipe or a log: marks with this key become colours,
 * line breaks stay, and every other character that could act on a terminal becomes an escape.
 */
export function terminalText(text: string, key = paintKey()): string {
  let shown = ''
  let from = 0
  for (const mark of text.matchAll(MARKS)) {
    const code = (mark[2] ?? '').charCodeAt(0) - FIRST_CODE
    if (mark[1] !== key || !CODES.has(code)) continue
    shown += `${printableLines(text.slice(from, mark.index))}\u001b[${code}m`
    from = mark.index + mark[0].length
  }
  return shown + printableLines(text.slice(from))
}

/** The text without its marks, to measure its width. */
export function withoutPaint(text: string): string {
  return text.replace(MARKS, '')
}
