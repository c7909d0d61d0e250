/**
 * Text in Markdown, as code hosts render it. What was read from servers and files stands in code
 * spans, where nothing means anything: no link, image, mention, issue, emoji, HTML or footnote.
 * In a sentence that holds such text, every word that is not a plain word goes into one.
 */
import { printable } from '../../domain/printable.ts'

/** Letters, or a number; hyphens and apostrophes within. What else a word holds makes it code. */
const PLAIN = /^(?:\p{L}+(?:[-’']\p{L}+)*|\d{1,4}|[→≠…–—])$/u

/** A piece in backquotes, or what stands between spaces. */
const PIECES = /`[^`]+`[.,;:!?)]*(?=\s|$)|\S+/g
const QUOTED = /^`([^`]+)`([.,;:!?)]*)$/
const OPENING = /^["'“‘(]*/
const CLOSING = /["'”’.,;:?!…]*$/
const CLOSING_BRACKET = /["'”’).,;:?!…]*$/

/** A sentence: its plain words as they are, the others as code. */
export function prose(text: string): string {
  return [...printable(text).matchAll(PIECES)].map(([piece]) => word(piece)).join(' ')
}

function word(piece: string): string {
  const quoted = QUOTED.exec(piece)
  if (quoted !== null) return code(quoted[1] ?? '') + (quoted[2] ?? '')
  const before = OPENING.exec(piece)?.[0] ?? ''
  const rest = piece.slice(before.length)
  const closing = before.includes('(') || !rest.includes('(') ? CLOSING_BRACKET : CLOSING
  const after = closing.exec(rest)?.[0] ?? ''
  const core = rest.slice(0, rest.length - after.length)
  if (core === '' || PLAIN.test(core)) return piece
  return `${before}${code(core)}${after}`
}

/** A code span that no backquote inside can end. */
export function code(text: string): string {
  const inside = printable(text)
  // Of nothing, or of spaces alone, there is no code span.
  if (inside.trim() === '') return code(`"${inside}"`)
  const ticks = '`'.repeat(longestRun(inside) + 1)
  const pad = /^[` ]|[` ]$/.test(inside) ? ' ' : ''
  return `${ticks}${pad}${inside}${pad}${ticks}`
}

/** A block of code that no line can end. The lines must be fit to be shown. */
export function codeBlock(language: 'diff' | 'sh', lines: readonly string[]): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1))
  return [`${fence}${language}`, ...lines, fence].join('\n')
}

/** At most so many characters of a text that may be of any length; says how many are cut off. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text
  // Never between the halves of a surrogate pair.
  const end = text.slice(0, most).replace(/[\ud800-\udbff]$/, '')
  return `${end}… (${text.length - end.length} more characters)`
}

function longestRun(text: string): number {
  // A loop: a text may have more runs than a call may have arguments.
  let longest = 0
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length)
  return longest
}
