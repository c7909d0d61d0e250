import { expect, test } from 'vitest'
import { liveNode, mountPath, nodeAddress } from '../../test/builders/live.ts'
import { plan, planCluster, step } from '../../test/builders/plan.ts'
import type { Action, Plan } from '../documents/plan.generated.ts'
import type { Failure, Mismatch, RollbackFailed, RunOutcome } from '../documents/run-outcome.ts'
import { LockstepError } from '../domain/errors.ts'
import { ROOT_NAMESPACE, type Sha256 } from '../domain/names.ts'
import { renderOutcome } from './outcome-text.ts'
import { createPalette } from './palette.ts'

const AGAIN = 'lockstep rollback run-1'
const sofar = { done: [], remaining: [] }
const failure: Failure = { reason: 'why', causes: [{ kind: 'words', words: 'why' }] }
const node = nodeAddress(2)
const failed = { ...sofar, step: 's', failure, undone: [] }
const wrongBytes: Failure = {
  reason: 'HTTP 400 checksums did not match',
  causes: [
    { kind: 'wrong_bytes', node, file: 'kv-2', sha256: 'ad7d9883fd81'.padEnd(64, '0') as Sha256 },
  ],
}
const reload: Action = {
  ...{ kind: 'reload', node, namespace: ROOT_NAMESPACE },
  mounts: [mountPath('a/'), mountPath('b/')],
}
const notBack = reload.mounts.map((mount) => ({
  ...{ mount, node, file: 'kv-1', sha256: '43fa0c46509d'.padEnd(64, '0') as Sha256 },
  found: 'no answer (backend is nil)',
}))
const notPutBack: RollbackFailed = {
  ...{ kind: 'rollback_failed', step: 's', failure: wrongBytes, problems: wrongBytes },
  ...{ not_rolled_back: notBack, by_hand: [reload], done: [], undone: ['t'], not_undone: ['s'] },
  remaining: [],
}

test('done says of which nodes it was checked', () => {
  const nodes = [liveNode(1), liveNode(2, { role: 'standby', state: 'forwarding' })]
  const textOn = (cluster: Plan['cluster']): string =>
    told({ kind: 'done', done: ['s'], already: 0 }, cluster)

  expect(textOn(planCluster([liveNode(1)]))).toContain(
    '1 step carried out and checked on every node.',
  )
  expect(textOn(planCluster(nodes, { product: 'vault' }))).toContain(
    '1 step carried out and checked on the active node; standbys run no plugins.',
  )
})

test('says last which mounts cannot be written to, and what cures that', () => {
  const outcome: RunOutcome = {
    ...{ kind: 'done', done: ['s'], already: 0 },
    readOnly: [{ mount: mountPath('a/'), node: nodeAddress(1) }],
  }
  const text = told(outcome)

  expect(text).toContain('Warning: no writes to a/ on http://node1:8200, only reads.')
  expect(text.trimEnd().split('\n').at(-1)).toContain('vault operator step-down')
})

const OUTCOMES: readonly RunOutcome[] = [
  { kind: 'interrupted', ...sofar },
  { kind: 'stopped', error: new LockstepError({ code: 'lost', message: 'lost' }), ...sofar },
  { kind: 'rolled_back', ...failed },
  notPutBack,
  { kind: 'interrupted', unchecked: ['s'], ...sofar },
]

test.each(OUTCOMES.map((outcome) => [outcome.kind, outcome] as const))(
  '%s ends with the command that goes on',
  (_kind, outcome) => {
    expect(told(outcome).trimEnd().split('\n').at(-1)).toMatch(
      new RegExp(`go on from what it finds: ${AGAIN}$`),
    )
  },
)

test('what is not back is named once, with what it is to run and what brings it back', () => {
  expect(told(notPutBack)).toBe(
    [
      '',
      'Failed: reload a/, b/ on http://node2:8200 (standby)',
      '  the file kv-2 on http://node2:8200 is not the one with SHA-256 ad7d9883fd81…: copy the right one there',
      'NOT put back. This needs a person:',
      '  a/, b/ on http://node2:8200: no answer (backend is nil); to run again: kv-1 (43fa0c46509d)',
      'Undone:',
      '  - t',
      'Not undone:',
      '  - reload a/, b/ on http://node2:8200 (standby)',
      'Mend the cause. What is not back comes back as it was with:',
      '  reload by hand',
      `Or, with the cause mended, go on from what it finds: ${AGAIN}`,
      '',
    ].join('\n'),
  )
})

test('a mount that may be down after a cut is named, with its node', () => {
  expect(told({ kind: 'interrupted', unchecked: ['s'], ...sofar })).toContain(
    'These mounts may be down until the next run has looked:\n  - a/, b/ on http://node2:8200\n',
  )
})

test('a step that changed nothing is not told as put back', () => {
  expect(told({ kind: 'rolled_back', ...failed })).toContain('Nothing was changed by it')
  expect(told({ kind: 'rolled_back', ...failed, undone: ['s'] })).toContain('Put back:')
})

test.each([
  [0, '2 steps carried out and checked on every node.'],
  [1, '1 step carried out and checked on every node. 1 step had been carried out before.'],
  [2, 'All 2 steps had been carried out before, as was checked on every node.'],
])('of two steps, %i had been carried out before', (already, words) => {
  expect(told({ kind: 'done', done: ['s', 't'], already })).toContain(words)
})

test('a stale plan says each thing once, and how to plan anew', () => {
  const mismatch: Mismatch = {
    fact: { fact: 'no_mount', mount: mountPath('a/'), namespace: ROOT_NAMESPACE },
    ...{ subject: 'a/', field: 'mount', expected: 'nothing mounted', found: 'a mount' },
    state: 'final',
  }
  const text = told({ kind: 'stale', step: 's', mismatches: [mismatch, mismatch], ...sofar })

  expect(text.match(/a\/: mount was planned/g)).toHaveLength(1)
  expect(text.trimEnd().split('\n').at(-1)).toBe('To go on, plan again: plan anew')
})

test('a stale retirement says what uses the version after all', () => {
  const mismatch: Mismatch = {
    fact: { fact: 'no_mount', mount: mountPath('a/'), namespace: ROOT_NAMESPACE },
    ...{ subject: 'secret/x v1.0.0', field: 'used by', expected: 'nothing', found: 'a/ runs it' },
    state: 'final',
  }

  const text = told({ kind: 'stale', step: 's', mismatches: [mismatch], ...sofar })

  expect(text).toContain('secret/x v1.0.0: nothing was to use it any more, and a/ runs it')
})

function told(outcome: RunOutcome, cluster: Plan['cluster'] = plan().cluster): string {
  const steps = [{ ...step('s', reload, ''), id: 's' }]
  return renderOutcome(outcome, plan({ cluster, steps }), {
    palette: createPalette(false),
    again: AGAIN,
    anew: 'plan anew',
    byHand: ({ kind }) => `${kind} by hand`,
  })
}
