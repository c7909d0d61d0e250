/** Wraps lines at words. */
import { withoutPaint } from './palette.ts'

/** Wraps at spaces, and never inside backquotes: a command is copied in one piece. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const [piece] of text.matchAll(/(?:`[^`]*`|[^\s`]|`)+/g)) {
    const longer = line === '' ? piece : `${line} ${piece}`
    if (line !== '' && lengthOf(longer) > width) {
      lines.push(line)
      line = piece
    } else line = longer
  }
  return [...lines, line]
}

/** The width in characters, without colours. */
export function lengthOf(text: string): number {
  return Array.from(withoutPaint(text)).length
}

/** Additional spaces before the continuation of a wrapped line. */
const DEEPER = 2

/** The number of columns below which nothing is wrapped. */
const NARROW = 20

/**
 * Wraps a line to lines of at most `width` columns, as far as its words allow. The continuation is
 * indented `deeper` columns more than the line.
 */
export function wrapLine(line: string, width: number, deeper = DEEPER): string[] {
  if (lengthOf(line) <= width) return [line]
  const indent = /^ */.exec(line)?.[0] ?? ''
  const room = width - indent.length - deeper
  // If there is almost no room for words, the terminal wraps the line better.
  if (room < NARROW) return [line]
  const [first = '', ...continuation] = wrapWords(line.slice(indent.length), room)
  return [indent + first, ...continuation.map((text) => indent + ' '.repeat(deeper) + text)]
}
