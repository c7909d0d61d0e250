/** Repeats the reloads and checks of a plan file that another machine may have carried out. */
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

it('repeats the reloads whose effect no server shows, and the checks of every mount in the file', () => {
  const requested = requestedSteps(plan({ steps: [reload, check] }), liveState(), new Set())

  expect([...requested.reloads]).toEqual([`a/ ${NODE}`])
  expect([...requested.checks]).toEqual([`a/ ${NODE}`, `b/ ${NODE}`, `b/ ${nodeAddress(2)}`])
})

it('repeats no reload that a journal of this machine records', () => {
  const { reloads } = requestedSteps(
    plan({ steps: [reload] }),
    liveState(),
    new Set([`a/ ${NODE}`]),
  )

  expect([...reloads]).toEqual([])
})

it('repeats a reload on the node that is active now if standbys run no plugins', () => {
  const nodes = [
    liveNode(1, { role: 'standby', state: 'forwarding' }),
    liveNode(2, { role: 'active' }),
  ]

  const { reloads } = requestedSteps(plan({ steps: [reload] }), liveState({ nodes }), new Set())

  expect([...reloads]).toContain(`a/ ${nodeAddress(2)}`)
})
