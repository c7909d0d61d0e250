import { expect, test } from 'vitest'
import { only, safetyInput } from '../../../test/builders/safety-input.ts'
import { membersUnconfirmed } from './members-unconfirmed.ts'

test('gives a note if only one list has the nodes', () => {
  const input = safetyInput({ live: { members_unconfirmed: true } })

  expect(only(membersUnconfirmed.judge(input))).toMatchObject({
    subject: 'sys/ha-status',
    message: expect.stringContaining('no second list confirms them'),
  })
})

test('finds nothing if the Raft configuration confirms the nodes', () => {
  expect(membersUnconfirmed.judge(safetyInput())).toEqual([])
})
