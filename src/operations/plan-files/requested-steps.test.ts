/** Reloads and checks of a plan file that another machine may have carried out. */
import { expect, it } from 'vitest'
import { liveNode, liveState, mountPath, nodeAddress } from '../../../test/builders/live.ts'
import { plan, step } from '../../../test/builders/plan.ts'
import { ROOT_NAMESPACE } from '../../domain/names.ts'
import { requestedSteps } from './requested-steps.ts'

const NODE = nodeAddress(1)
const [a, b] = [mountPath('a/'), mountPath('b/')]
const reload = {
  ...step(
    'reload',
    { kind: 'reload', node: NODE, namespace: ROOT_NAMESPACE, mounts: [a, b] },
    'its entry has other arguments',
  ),
  unobservable: [a],
}
const check = step(
  'check',
  { kind: 'check', node: nodeAddress(2), namespace: ROOT_NAMESPACE, mounts: [b] },
  'no record',
)

it('requests the reloads that no server shows, and the checks of all that the file names', () => {
  const requested = requestedSteps(plan({ steps: [reload, check] }), liveState(), new Set())

  expect([...requested.reloads]).toEqual([`a/ ${NODE}`])
  expect([...requested.checks]).toEqual([`a/ ${NODE}`, `b/ ${NODE}`, `b/ ${nodeAddress(2)}`])
})

it('requests no reload that a journal of this machine has', () => {
  const { reloads } = requestedSteps(
    plan({ steps: [reload] }),
    liveState(),
    new Set([`a/ ${NODE}`]),
  )

  expect([...reloads]).toEqual([])
})

it('requests them of whichever node leads where standbys run no plugins', () => {
  const nodes = [
    liveNode(1, { role: 'standby', state: 'forwarding' }),
    liveNode(2, { role: 'active' }),
  ]

  const { reloads } = requestedSteps(plan({ steps: [reload] }), liveState({ nodes }), new Set())

  expect([...reloads]).toContain(`a/ ${nodeAddress(2)}`)
})
