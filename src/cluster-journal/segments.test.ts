import { describe, expect, it } from 'vitest'
import {
  cutToFit,
  parseSegmentName,
  segmentContent,
  segmentName,
  textOfSegment,
} from './segments.ts'

const run = '2026-05-01T10-00-00-000Z-abcdef'

describe('the name of a segment', () => {
  it('has the run and the number', () => {
    expect(segmentName({ run, number: 12 })).toBe(`${run}.0012`)
    expect(parseSegmentName(`${run}.0012`)).toEqual({ run, number: 12 })
    expect(segmentName({ run, number: 10_000 })).toBeUndefined()
  })

  it.each(['password', run, `${run}.12`, `${run}.0012/`, `x${run}.0012`])('%s is none', (name) => {
    expect(parseSegmentName(name)).toBeUndefined()
  })
})

it('is only taken for a segment if the secret says which one it is', () => {
  const name = { run, number: 1 }

  expect(textOfSegment(segmentContent(name, 'a\n'), name)).toBe('a\n')
  for (const secret of [
    { password: 'hunter2' },
    segmentContent({ run, number: 2 }, 'a\n'),
    { ...segmentContent(name, 'a\n'), journal: 2 },
    { ...segmentContent(name, 'a\n'), text: 1 },
  ]) {
    expect(textOfSegment(secret, name)).toBeUndefined()
  }
})

it('is cut between characters, and loses nothing', () => {
  const full = 'x'.repeat(128 * 1024 - 3)
  const [part, rest] = cutToFit(full, 'ab\u{1f512}cd')

  expect([part, rest]).toEqual(['ab', '\u{1f512}cd'])
  expect(cutToFit('', 'short')).toEqual(['short', ''])
})
