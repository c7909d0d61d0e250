import { beforeEach, expect, test } from 'vitest'
import { mountPath, nodeAddress } from '../../../test/builders/live.ts'
import { createSeenAnswers, type SeenAnswers } from './seen-answers.ts'

const A = mountPath('a/')
const standby = { address: nodeAddress(1), role: 'standby' } as const
const active = { address: nodeAddress(2), role: 'active' } as const

const clock = { now: 0 }
let answers: SeenAnswers
beforeEach(() => {
  clock.now = 0
  answers = createSeenAnswers(() => clock.now)
  for (const { address, role } of [standby, active]) {
    answers.add(A, answers.begin(address, role === 'active'))
  }
})

test('a mount that was seen to answer on a node is known to, there and for a while', () => {
  expect(answers.has(standby, A)).toBe(true)
  expect(answers.has(standby, mountPath('b/'))).toBe(false)
  expect(answers.has({ ...standby, address: nodeAddress(3) }, A)).toBe(false)
  clock.now = 10_001
  expect(answers.has(standby, A)).toBe(false)
})

test('a reload of any mount makes what was seen on that node unknown', () => {
  const during = answers.begin(standby.address, false)
  answers.forget(standby.address)
  answers.add(A, during)

  expect(answers.has(standby, A)).toBe(false)
  expect(answers.has(active, A)).toBe(true)
})

test('a node that became active, or is not active any longer, has started its plugins anew', () => {
  expect(answers.has({ ...standby, role: 'active' }, A)).toBe(false)
  expect(answers.has({ ...active, role: 'standby' }, A)).toBe(false)
})
