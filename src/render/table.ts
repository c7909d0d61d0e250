/**
 * Lays out aligned columns; colours do not count as width. A cell is never wrapped or cut: the
 * caller handles a table that is too wide.
 */
import type { Paint } from './palette.ts'

/** The plain text of a cell, and its colour, which is applied after padding. */
export interface Cell {
  readonly text: string
  readonly paint?: Paint
}

export interface Table {
  readonly lines: readonly string[]
  /** The width of the widest line, in characters. */
  readonly width: number
}

const GAP = '  '

/** Pads the columns to the same width, except for the last text of a row. */
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

/** In code points: the characters of paths and versions are one column wide. */
function textWidth(text: string): number {
  return Array.from(text).length
}
