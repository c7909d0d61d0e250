import { expect, test } from 'vitest'
import { finding } from '../../test/builders/plan.ts'
import { nestFindings } from './finding-tree.ts'

const cause = finding({ rule: 'sha256-changed', subject: 'a' })
const because = (rule: string, subject = 'a') => ({ because_of: { rule, subject } })

test('what follows from a finding stands under it, and nothing is lost', () => {
  const follows = finding({ rule: 'binary-differs', subject: 'n', ...because('sha256-changed') })
  const alone = finding({ rule: 'pinned', subject: 'a', ...because('sha256-changed', 'b') })

  expect(nestFindings([follows, cause, alone])).toEqual([
    { finding: cause, following: [{ finding: follows, following: [] }] },
    { finding: alone, following: [] },
  ])
})

test('findings that a file lets follow from each other, or from themselves, are all shown', () => {
  const a = finding({ rule: 'a', subject: 'x', ...because('b', 'x') })
  const b = finding({ rule: 'b', subject: 'x', ...because('a', 'x') })
  const itself = finding({ rule: 'c', subject: 'x', ...because('c', 'x') })
  const below = finding({ rule: 'd', subject: 'x', ...because('a', 'x') })

  const shown = nestFindings([a, b, itself, below])

  expect(
    shown.flatMap(({ finding: one, following }) => [one, ...following.map((f) => f.finding)]),
  ).toHaveLength(4)
})
