/** Lines broken at words where the terminal ends. */
import { withoutPaint } from './palette.ts'

/** At spaces, and never inside backquotes: a command is copied in one piece. */
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

/** In characters; colours take no room. */
export function lengthOf(text: string): number {
  return Array.from(withoutPaint(text)).length
}

/** Spaces that go on under a line that was broken, beside its own. */
const DEEPER = 2

/** Columns below which nothing is broken at words. */
const NARROW = 20

/**
 * A drawn line as one or more of at most `width` columns, as far as its words allow. What goes on
 * stands `deeper` columns further in than the line itself.
 */
export function wrapLine(line: string, width: number, deeper = DEEPER): string[] {
  if (lengthOf(line) <= width) return [line]
  const indent = /^ */.exec(line)?.[0] ?? ''
  const room = width - indent.length - deeper
  // The terminal itself breaks better what leaves no room for a word.
  if (room < NARROW) return [line]
  const [first = '', ...others] = wrapWords(line.slice(indent.length), room)
  return [indent + first, ...others.map((one) => indent + ' '.repeat(deeper) + one)]
}
