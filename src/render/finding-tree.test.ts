import { expect, test } from 'vitest'
import { finding } from '../../test/builders/plan.ts'
import { nestFindings } from './finding-tree.ts'

const cause = finding({ rule: 'sha256-changed', subject: 'a' })
const because = (rule: string, subject = 'a') => ({ because_of: { rule, subject } })

test('places a finding under its cause, and keeps every finding', () => {
  const follows = finding({ rule: 'binary-differs', subject: 'n', ...because('sha256-changed') })
  const alone = finding({ rule: 'pinned', subject: 'a', ...because('sha256-changed', 'b') })

  expect(nestFindings([follows, cause, alone])).toEqual([
    { finding: cause, following: [{ finding: follows, following: [] }] },
    { finding: alone, following: [] },
  ])
})

test('shows all findings of a file in which findings are causes of each other or of themselves', () => {
  const a = finding({ rule: 'a', subject: 'x', ...because('b', 'x') })
  const b = finding({ rule: 'b', subject: 'x', ...because('a', 'x') })
  const itself = finding({ rule: 'c', subject: 'x', ...because('c', 'x') })
  const below = finding({ rule: 'd', subject: 'x', ...because('a', 'x') })

  const shown = nestFindings([a, b, itself, below])

  expect(
    shown.flatMap(({ finding: one, following }) => [one, ...following.map((f) => f.finding)]),
  ).toHaveLength(4)
})
