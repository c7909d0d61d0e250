import { expect, test } from 'vitest'
import { liveNode } from '../../../test/builders/live.ts'
import { safetyInput } from '../../../test/builders/safety-input.ts'
import type { LiveNode } from '../../domain/live.ts'
import { nodeUnreachable } from './node-unreachable.ts'

test('gives a finding for each node that does not answer or is sealed', () => {
  const input = safetyInput({
    live: {
      nodes: [
        liveNode(1),
        liveNode(2, { state: 'unreachable', detail: 'connect ECONNREFUSED' }),
        liveNode(3, { state: 'sealed', detail: 'sealed' }),
      ],
    },
  })

  expect(nodeUnreachable.judge(input).map(({ subject, message }) => [subject, message])).toEqual([
    [
      'http://node2:8200',
      'http://node2:8200 could not be reached (connect ECONNREFUSED), so the plan has no step for it, and its plugins are unknown.',
    ],
    [
      'http://node3:8200',
      'http://node3:8200 is sealed, so the plan has no step for it, and its plugins are unknown.',
    ],
  ])
})

test.each(['openbao', 'vault'] as const)(
  'gives a finding for a node of %s that is not ready, and none for a standby configured to forward',
  (product) => {
    const judge = (state: LiveNode['state']) =>
      nodeUnreachable.judge(
        safetyInput({ live: { nodes: [liveNode(1), liveNode(2, { state })], product } }),
      )

    expect(judge('not-ready').map(({ subject }) => subject)).toEqual(['http://node2:8200'])
    expect(judge('forwarding')).toEqual([])
  },
)

test('says that a node which the given list leaves out was not asked', () => {
  const left = liveNode(2, { state: 'unreachable', unasked: true, detail: 'not among them' })

  const [found] = nodeUnreachable.judge(safetyInput({ live: { nodes: [liveNode(1), left] } }))

  expect(found?.message).toContain('http://node2:8200 was not asked (not among them)')
})
