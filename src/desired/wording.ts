/**
 * Shows texts of a file in messages, cut and without control characters, and finds the known word
 * that a misspelt word probably means.
 */
import { printable } from '../domain/printable.ts'

const LONGEST_SHOWN = 80

/** Text of a file, safe for one line of a terminal. */
export function showText(text: string): string {
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
  return printable(cut)
}

/** `a`, `a and b`, `a, b and c`. */
export function listWords(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const last = words.at(-1)
  if (last === undefined) return ''
  return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`
}

/** The words, or the first few and the number of the others. */
export function listFirst(words: readonly string[], most = 8): string {
  const shown = words.slice(0, most).map(showText).join(', ')
  return words.length > most ? `${shown} and ${words.length - most} more` : shown
}

/** A hint with the most similar word, or else with the list of words. */
export function suggest(text: string, known: readonly string[], otherwise: string): string {
  const word = findClosest(text, known)
  if (word !== undefined) return `did you mean ${showText(word)}?`
  return `${otherwise} ${known.length === 0 ? 'none' : listFirst(known)}`
}

/** The known word with the fewest edits from `text`; undefined if none is similar. */
export function findClosest(text: string, known: Iterable<string>): string | undefined {
  const enough = Math.max(1, Math.floor(text.length / 3))
  let closest: string | undefined
  let fewest = enough + 1
  for (const word of known) {
    // The number of edits is at least the difference in length, so the others need not be counted.
    if (Math.abs(word.length - text.length) >= fewest) continue
    const edits = countEdits(text, word)
    if (edits < fewest) [closest, fewest] = [word, edits]
  }
  return closest
}

/** The number of insertions, deletions, replacements and swaps of neighbours between two texts. */
function countEdits(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          swapped && row > 1 && column > 1 ? at(beforeLast, column - 2) + 1 : Infinity,
        ),
      )
    }
    ;[beforeLast, last] = [last, current]
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
