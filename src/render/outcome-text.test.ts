import { expect, test } from 'vitest'
import { liveNode, mountPath, nodeAddress, version } from '../../test/builders/live.ts'
import { plan, planCluster, step } from '../../test/builders/plan.ts'
import type { Action, Plan } from '../documents/plan.generated.ts'
import type { Failure, Mismatch, RollbackFailed, RunOutcome } from '../documents/run-outcome.ts'
import { LockstepError } from '../domain/errors.ts'
import { ROOT_NAMESPACE, type Sha256 } from '../domain/names.ts'
import { renderOutcome } from './outcome-text.ts'
import { createPalette } from './palette.ts'

const AGAIN = 'lockstep rollback run-1'
const sofar = { done: [], already: [], remaining: [] }
const none = { unchecked: [], between: false }
const failure: Failure = { reason: 'why', causes: [{ kind: 'words', words: 'why' }] }
const node = nodeAddress(2)
const failed = { ...sofar, step: 's', failure, rolled_back: [] }
const wrongBytes: Failure = {
  reason: 'HTTP 400 checksums did not match',
  causes: [
    { kind: 'wrong_bytes', node, file: 'kv-2', sha256: 'ad7d9883fd81'.padEnd(64, '0') as Sha256 },
  ],
}
const reload: Action = {
  kind: 'reload',
  node,
  namespace: ROOT_NAMESPACE,
  mounts: [mountPath('a/'), mountPath('b/')],
}
const mountsNotRolledBack = reload.mounts.map((mount) => ({
  mount,
  node,
  file: 'kv-1',
  sha256: '43fa0c46509d'.padEnd(64, '0') as Sha256,
  found: 'no answer (backend is nil)',
}))
const rollbackFailed: RunOutcome & RollbackFailed = {
  kind: 'rollback_failed',
  step: 's',
  failure: wrongBytes,
  problems: wrongBytes,
  mounts_not_rolled_back: mountsNotRolledBack,
  by_hand: [reload],
  done: [],
  already: [],
  rolled_back: ['t'],
  not_rolled_back: ['s'],
  remaining: [],
}

test('a done run says on which nodes it was checked', () => {
  const nodes = [liveNode(1), liveNode(2, { role: 'standby', state: 'forwarding' })]
  const textOn = (cluster: Plan['cluster']): string =>
    textOf({ kind: 'done', done: ['s'], already: [] }, cluster)

  expect(textOn(planCluster([liveNode(1)]))).toContain('1 step done and checked on every node.')
  expect(textOn(planCluster(nodes, { product: 'vault' }))).toContain(
    '1 step done and checked on the active node; standbys run no plugins.',
  )
})

test('the last lines name the mounts that cannot be written to, and the fix', () => {
  const outcome: RunOutcome = {
    kind: 'done',
    done: ['s'],
    already: [],
    readOnly: [{ mount: mountPath('a/'), node: nodeAddress(1) }],
  }
  const text = textOf(outcome)

  expect(text).toContain('Warning: a/ cannot be written to on node1.')
  expect(text.trimEnd().split('\n').at(-1)).toContain('vault operator step-down')
})

const OUTCOMES: readonly RunOutcome[] = [
  { kind: 'interrupted', unchecked: [], ...sofar },
  {
    kind: 'stopped',
    error: new LockstepError({ code: 'lost', message: 'lost' }),
    ...none,
    ...sofar,
  },
  { kind: 'rolled_back', ...failed },
  rollbackFailed,
  { kind: 'interrupted', unchecked: ['s'], ...sofar },
]

test.each(OUTCOMES.map((outcome) => [outcome.kind, outcome] as const))(
  '%s ends with the command that resumes',
  (_kind, outcome) => {
    expect(textOf(outcome).trimEnd().split('\n').at(-1)).toMatch(new RegExp(`resume: ${AGAIN}$`))
  },
)

test('names once what was not rolled back, with what it ran and the command that restores it', () => {
  expect(textOf(rollbackFailed)).toBe(
    [
      '',
      'Failed: reload a/, b/ on node2 (standby)',
      '  the file kv-2 on node2 is not the one with SHA-256 ad7d9883fd81…: copy the right one there',
      'ROLLBACK FAILED. These need your attention:',
      '  a/, b/ on node2: no answer (backend is nil); it must run kv-1 (43fa0c46509d)',
      'Rolled back:',
      '  - t',
      'Not rolled back:',
      '  - reload a/, b/ on node2 (standby)',
      'To restore these mounts, fix the cause, then run:',
      '  reload by hand',
      `Or fix the cause, then resume: ${AGAIN}`,
      '',
    ].join('\n'),
  )
})

test('names a mount that may be down after a cut-off reload, with its node', () => {
  expect(textOf({ kind: 'interrupted', unchecked: ['s'], ...sofar })).toContain(
    'These mounts may be down until the next run has checked them:\n  - a/, b/ on node2\n',
  )
})

test('does not list a step that changed nothing as rolled back', () => {
  expect(textOf({ kind: 'rolled_back', ...failed })).toContain('The failed step changed nothing')
  expect(textOf({ kind: 'rolled_back', ...failed, rolled_back: ['s'] })).toContain(
    'Rolled back. Every mount that was touched runs its old version again on every node (checked).',
  )
})

test.each([
  [[], '2 steps done and checked on every node.'],
  [['s'], '1 step done and checked on every node. 1 step already done (checked)'],
  [['s', 't'], 'Nothing was sent: 2 steps already done (checked on every node).'],
])('says that of two steps %j were already done', (already, words) => {
  expect(textOf({ kind: 'done', done: ['s', 't'], already })).toContain(words)
})

test('says each mismatch of a stale plan once, and how to plan again', () => {
  const mismatch: Mismatch = {
    fact: { fact: 'no_mount', mount: mountPath('a/'), namespace: ROOT_NAMESPACE },
    subject: 'a/',
    field: 'mount',
    expected: 'nothing mounted',
    found: 'a mount',
    state: 'final',
  }
  const text = textOf({ kind: 'stale', step: 's', mismatches: [mismatch, mismatch], ...sofar })

  expect(text.match(/a\/: mount was nothing mounted in the plan/g)).toHaveLength(1)
  expect(text.trimEnd().split('\n').at(-1)).toBe('To resume, plan again: the plan command')
})

test('says what still uses the version of a stale retirement', () => {
  const mismatch: Mismatch = {
    fact: { fact: 'no_mount', mount: mountPath('a/'), namespace: ROOT_NAMESPACE },
    subject: 'secret/x v1.0.0',
    field: 'used by',
    expected: 'nothing',
    found: 'a/ runs it',
    state: 'final',
  }

  const text = textOf({ kind: 'stale', step: 's', mismatches: [mismatch], ...sofar })

  expect(text).toContain('secret/x v1.0.0: nothing should use it any more, but a/ runs it')
})

test('names a node that was away at the end, with what it runs when it starts again', () => {
  const nodes = planCluster([liveNode(1), liveNode(2)]).nodes
  const starts = [{ mount: mountPath('a/'), version: version('v2.0.0') }]
  const atEnd = { nodes, away: [{ node, why: 'ECONNREFUSED', starts }], differing: [] }

  const text = textOf({ kind: 'done', done: ['s'], already: [], atEnd })

  expect(text).toContain('done and checked on every node that could be reached.')
  expect(text).toContain(
    'Could not be reached at the end: node2 (ECONNREFUSED).\n  When it starts again, it runs: a/ v2.0.0.',
  )
})

test('does not call a run complete if a node went away after its steps', () => {
  const nodes = planCluster([liveNode(1), liveNode(2)]).nodes
  const starts = [{ mount: mountPath('a/'), version: version('v2.0.0') }]
  const atEnd = { nodes, away: [{ node, why: 'ECONNREFUSED', starts }], differing: [] }
  const unconfirmed = { kind: 'nodes_not_seen' } as const

  expect(textOf({ kind: 'done', done: ['s'], already: [], atEnd, unconfirmed })).toBe(
    [
      '',
      'Every step is done, but not every node can be reached now.',
      '1 step done and checked on every node that could be reached.',
      'Could not be reached at the end: node2 (ECONNREFUSED).',
      '  When it starts again, it runs: a/ v2.0.0.',
      `To resume: ${AGAIN}`,
      '',
    ].join('\n'),
  )
})

test('names what changed after the last step, and does not call the run complete', () => {
  const unconfirmed = {
    kind: 'more_to_do',
    steps: [{ id: 'tune a/', why: 'a/ is configured for v1.0.0' }],
  } as const

  const text = textOf({ kind: 'done', done: ['s'], already: [], unconfirmed })

  expect(text).not.toContain('complete')
  expect(text).toContain('Still to do:\n  - tune a/: a/ is configured for v1.0.0\n')
})

test('says which mount runs which version after a stop between two versions, with the roles at the end', () => {
  const error = new LockstepError({ code: 'node-away', message: 'node3 is away' })
  const running = [
    { what: 'v2.0.0', nodes: [nodeAddress(1)] },
    { what: 'v1.0.0', nodes: [nodeAddress(2)] },
  ]
  const nodes = planCluster([liveNode(2), liveNode(1, { role: 'standby' })]).nodes
  const atEnd = { nodes, away: [], differing: [{ mount: mountPath('a/'), running }] }
  const ended = { unchecked: [], between: true, done: ['s'], already: [], remaining: [] }

  const text = textOf({ kind: 'stopped', error, ...ended, atEnd })

  expect(text).toContain('  a/: v2.0.0 on node1; v1.0.0 on node2\n')
  expect(text).toContain(`reload a/, b/ on node2 (${nodes[0]?.role})`)
})

function textOf(outcome: RunOutcome, cluster: Plan['cluster'] = plan().cluster): string {
  const steps = [{ ...step('s', reload, ''), id: 's' }]
  return renderOutcome(outcome, plan({ cluster, steps }), {
    palette: createPalette(false),
    resume: AGAIN,
    planCommand: 'the plan command',
    byHand: ({ kind }) => `${kind} by hand`,
  })
}
