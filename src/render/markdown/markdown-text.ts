/**
 * Writes text as Markdown for code hosts. Texts of servers and files are put into code spans, in
 * which nothing has a meaning: no link, image, mention, issue, emoji, HTML or footnote. In a
 * sentence with such texts, every word that is not a plain word becomes a code span.
 */
import { printable } from '../../domain/printable.ts'

/**
 * A plain word: letters with hyphens and apostrophes within, or a number. Every other word becomes
 * code.
 */
const PLAIN = /^(?:\p{L}+(?:[-’']\p{L}+)*|\d{1,4}|[→≠…–—])$/u

/** A piece in backquotes, or a piece between spaces. */
const PIECES = /`[^`]+`[.,;:!?)]*(?=\s|$)|\S+/g
const QUOTED = /^`([^`]+)`([.,;:!?)]*)$/
const OPENING = /^["'“‘(]*/
const CLOSING = /["'”’.,;:?!…]*$/
const CLOSING_BRACKET = /["'”’).,;:?!…]*$/

/** A sentence: plain words stay, the others become code. */
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

/** A code span. No backquote in the text can end it. */
export function code(text: string): string {
  const inside = printable(text)
  // An empty text or spaces alone make no code span.
  if (inside.trim() === '') return code(`"${inside}"`)
  const ticks = '`'.repeat(longestRun(inside) + 1)
  const pad = /^[` ]|[` ]$/.test(inside) ? ' ' : ''
  return `${ticks}${pad}${inside}${pad}${ticks}`
}

/** A code block. No line can end it. The lines must be safe to show. */
export function codeBlock(language: 'diff' | 'sh', lines: readonly string[]): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1))
  return [`${fence}${language}`, ...lines, fence].join('\n')
}

/** Cuts a text to `most` characters, and says how many are cut off. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text
  // Does not split a surrogate pair.
  const end = text.slice(0, most).replace(/[\ud800-\udbff]$/, '')
  return `${end}… (${text.length - end.length} more characters)`
}

function longestRun(text: string): number {
  // A loop, since a text may have more runs of backquotes than a call may have arguments.
  let longest = 0
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length)
  return longest
}
