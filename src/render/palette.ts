/**
 * The colours of terminal output. Whether there are any is decided by the caller, never here.
 *
 * A palette writes no escape sequences. It writes marks, which only `terminalText` turns into
 * colours, and only where they have the key that the palette was made with. So an escape sequence
 * in a server's words, or a forged mark, is text, whichever way it came into the output.
 */
import { printableLines } from '../domain/printable.ts'

export type Paint = (text: string) => string

/** What each renderer paints with; without colour each is the identity. */
export type Palette = Readonly<Record<keyof typeof COLOURS, Paint>>

/** The codes (SGR) that begin a colour and end it. */
const COLOURS = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

const CODES = new Set<number>(Object.values(COLOURS).flat())

/** A mark: this character, the key's four, and one for the code; all of them private-use. */
const MARK = '\ue000'
const FIRST_CODE = 0xe000
const MARKS = /\ue000([\ue100-\ue1ff]{4})([\ue000-\ue0ff])/gu

/** Four private-use characters of four random bytes, or of none where nothing is at stake. */
export function paintKey(hex = '00000000'): string {
  return Array.from(hex.slice(0, 8).matchAll(/../g), ([byte]) =>
    String.fromCharCode(0xe100 + Number.parseInt(byte, 16)),
  ).join('')
}

/** `key` as `paintKey` makes it: the same as that of the `terminalText` that the text goes through. */
export function createPalette(enabled: boolean, key = paintKey()): Palette {
  const paint =
    ([begin, end]: readonly [number, number]): Paint =>
    (text) => {
      if (!enabled) return text
      const begins = `${MARK}${key}${String.fromCharCode(FIRST_CODE + begin)}`
      const ends = `${MARK}${key}${String.fromCharCode(FIRST_CODE + end)}`
      // What ends a colour within goes on with this one.
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
 * What is written to a terminal, a pipe or a job's log: the marks of this key as colours, line
 * breaks as they are, and every other character that could do something as its escape.
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

/** A text without its colours: what takes room on a line. */
export function withoutPaint(text: string): string {
  return text.replace(MARKS, '')
}
