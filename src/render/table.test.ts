import { expect, it } from 'vitest'
import { createPalette } from './palette.ts'
import { layTable } from './table.ts'

it('aligns columns and ends each line at its last text', () => {
  const rows = [['a', 'long', ''], ['bbb', 'c', 'd'], []].map((row) =>
    row.map((text) => ({ text })),
  )

  expect(layTable(rows, '  ')).toEqual({
    lines: ['  a    long', '  bbb  c     d', '  '],
    width: 14,
  })
})

it('ignores colours when it measures', () => {
  const { red } = createPalette(true)
  const rows = [
    [{ text: 'a', paint: red }, { text: 'x' }],
    [{ text: 'bb' }, { text: '≠' }],
  ]

  const { lines, width } = layTable(rows)

  expect(lines).toEqual([`${red('a')}   x`, 'bb  ≠'])
  expect(width).toBe(5)
})
