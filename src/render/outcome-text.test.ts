import { expect, test } from 'vitest'
import { liveNode, mountPath, nodeAddress } from '../../test/builders/live.ts'
import { plan, planCluster } from '../../test/builders/plan.ts'
import type { Plan } from '../documents/plan.generated.ts'
import { LockstepError } from '../domain/errors.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import { renderOutcome } from './outcome-text.ts'
import { createPalette } from './palette.ts'

const AGAIN = 'lockstep rollback run-1'
const sofar = { done: [], remaining: [] }
const failed = { ...sofar, step: 's', reason: 'why', undone: [], problems: [] }

test('done says of which nodes it was checked', () => {
  const nodes = [liveNode(1), liveNode(2, { role: 'standby', state: 'forwarding' })]
  const options = { palette: createPalette(false), again: AGAIN }
  const textOn = (cluster: Plan['cluster']): string =>
    renderOutcome({ kind: 'done', done: ['s'] }, plan({ cluster }), options)

  expect(textOn(planCluster([liveNode(1)]))).toContain(
    '1 step carried out and checked on every node.',
  )
  expect(textOn(planCluster(nodes, { product: 'vault' }))).toContain(
    '1 step carried out and checked on the active node; standbys run no plugins.',
  )
})

test('says last which mounts cannot be written to, and what cures that', () => {
  const outcome: RunOutcome = {
    ...{ kind: 'done', done: ['s'] },
    readOnly: [{ mount: mountPath('a/'), node: nodeAddress(1) }],
  }
  const text = renderOutcome(outcome, plan(), { palette: createPalette(false), again: AGAIN })

  expect(text).toContain('Warning: no writes to a/ on http://node1:8200, only reads.')
  expect(text.trimEnd().split('\n').at(-1)).toContain('vault operator step-down')
})

const OUTCOMES: readonly RunOutcome[] = [
  { kind: 'interrupted', ...sofar },
  { kind: 'stopped', error: new LockstepError({ code: 'lost', message: 'lost' }), ...sofar },
  { kind: 'put_back', ...failed },
]

test.each(OUTCOMES.map((outcome) => [outcome.kind, outcome] as const))(
  '%s ends with the command that goes on',
  (_kind, outcome) => {
    const text = renderOutcome(outcome, plan(), { palette: createPalette(false), again: AGAIN })
    expect(text.trimEnd().split('\n').at(-1)).toMatch(
      new RegExp(`go on from what it finds: ${AGAIN}$`),
    )
  },
)
