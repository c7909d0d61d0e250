/**
 * How text from a file is shown in a message, and which known word a wrong one was meant to be.
 * What is shown is cut and has no control characters; nothing here decides what is wrong.
 */
import { printable } from '../domain/printable.ts'

const LONGEST_SHOWN = 80

/** Text from a file, fit for one line of a terminal. */
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

/** The words themselves, or the first few and how many more there are. */
export function listFirst(words: readonly string[], most = 8): string {
  const shown = words.slice(0, most).map(showText).join(', ')
  return words.length > most ? `${shown} and ${words.length - most} more` : shown
}

/** A hint that names the likely word, or else those there are. */
export function suggest(text: string, known: readonly string[], otherwise: string): string {
  const word = findClosest(text, known)
  if (word !== undefined) return `did you mean ${showText(word)}?`
  return `${otherwise} ${known.length === 0 ? 'none' : listFirst(known)}`
}

/** The known word with the fewest edits from `text`; undefined when none is near. */
export function findClosest(text: string, known: Iterable<string>): string | undefined {
  const enough = Math.max(1, Math.floor(text.length / 3))
  let closest: string | undefined
  let fewest = enough + 1
  for (const word of known) {
    // The difference in length is the least number of edits: it spares the rest of the work.
    if (Math.abs(word.length - text.length) >= fewest) continue
    const edits = countEdits(text, word)
    if (edits < fewest) [closest, fewest] = [word, edits]
  }
  return closest
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
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
