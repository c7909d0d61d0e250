/**
 * Columns that line up, with colours that do not count as width. Knows nothing of what it shows;
 * never wraps or cuts a cell: whoever hands it too much decides what to do instead.
 */
import type { Paint } from './palette.ts'

/** A cell's plain text, and how it is painted once it is padded. */
export interface Cell {
  readonly text: string
  readonly paint?: Paint
}

export interface Table {
  readonly lines: readonly string[]
  /** Of the widest line, in characters. */
  readonly width: number
}

const GAP = '  '

/** Every row as long as the longest; the last column is not padded. */
export function layTable(rows: readonly (readonly Cell[])[], indent = ''): Table {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, textWidth(cell.text))
    })
  }
  const gaps = GAP.length * Math.max(0, widths.length - 1)
  return {
    lines: rows.map((row) => indent + layRow(row, widths)),
    width: indent.length + gaps + widths.reduce((sum, width) => sum + width, 0),
  }
}

function layRow(row: readonly Cell[], widths: readonly number[]): string {
  const last = row.findLastIndex((cell) => cell.text !== '')
  return row
    .slice(0, last + 1)
    .map(({ text, paint }, column) => {
      const padding = column === last ? 0 : (widths[column] ?? 0) - textWidth(text)
      return (paint === undefined ? text : paint(text)) + ' '.repeat(padding)
    })
    .join(GAP)
}

/** In code points: paths and versions are of characters one column wide. */
function textWidth(text: string): number {
  return Array.from(text).length
}
