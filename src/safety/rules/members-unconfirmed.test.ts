import { expect, test } from 'vitest'
import { only, safetyInput } from '../../../test/builders/safety-input.ts'
import { membersUnconfirmed } from './members-unconfirmed.ts'

test('nodes that one list alone has are a note', () => {
  const input = safetyInput({ live: { members_unconfirmed: true } })

  expect(only(membersUnconfirmed.judge(input))).toMatchObject({
    subject: 'sys/ha-status',
    message: expect.stringContaining('no second list confirms them'),
  })
})

test('nodes that the Raft configuration confirms are not', () => {
  expect(membersUnconfirmed.judge(safetyInput())).toEqual([])
})
