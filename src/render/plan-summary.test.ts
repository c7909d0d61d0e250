import { describe, expect, it } from 'vitest'
import { liveNode, mountPath, nodeAddress, plugin, version } from '../../test/builders/live.ts'
import { finding, plan, planCluster, step, upgradePlan } from '../../test/builders/plan.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { summarizePlan } from './plan-summary.ts'

const upgrade = {
  plugin: plugin('secret/my-kv'),
  from: version('v0.16.2'),
  to: version('v0.21.0'),
  mounts: [mountPath('a/'), mountPath('b/'), mountPath('c/')],
  nodes: [liveNode(1), liveNode(2), liveNode(3)],
}

const reload = (node: number, ...mounts: string[]) =>
  step(
    `reload ${mounts.join()} on ${node}`,
    {
      kind: 'reload',
      node: nodeAddress(node),
      namespace: ROOT_NAMESPACE,
      mounts: mounts.map(mountPath),
    },
    'why',
  )

describe('summarizePlan', () => {
  it('counts each kind of step', () => {
    expect(summarizePlan(upgradePlan(upgrade))).toBe(
      'Plan: 1 to register, 3 to tune, 3 mounts to reload on 3 nodes, 1 to deregister.',
    )
  })

  it('counts a mount that is reloaded on several nodes once, and a node once', () => {
    const steps = [reload(2, 'canary/'), reload(1, 'canary/'), reload(2, 'a/', 'b/')]

    expect(summarizePlan(plan({ steps }))).toBe('Plan: 3 mounts to reload on 2 nodes.')
  })

  it('uses the singular for one', () => {
    expect(summarizePlan(plan({ steps: [reload(1, 'a/')] }))).toBe(
      'Plan: 1 mount to reload on 1 node.',
    )
  })

  it('says that there is nothing to change', () => {
    expect(summarizePlan(plan())).toBe('No changes. Every node runs what the file asks for.')
  })

  it('makes no claim about what could not be read', () => {
    const findings = [finding({ rule: 'unreadable', severity: 'warning' })]

    expect(summarizePlan(plan({ findings }))).toBe(
      'Nothing to change in what could be read. Not everything could be read: see the warnings.',
    )
  })

  it('makes no claim about a node that was not seen', () => {
    const nodes = [liveNode(1), liveNode(2, { state: 'sealed' })]

    expect(summarizePlan(plan({ cluster: planCluster(nodes) }))).toBe(
      'Nothing to change on the nodes that answered. 1 node did not answer, so what it runs is not known.',
    )
  })

  it('makes a claim about the active node only if standbys forward, since those run no plugins', () => {
    const nodes = [liveNode(1), liveNode(2, { role: 'standby', state: 'forwarding' })]
    const cluster = planCluster(nodes, { product: 'vault' })

    expect(summarizePlan(plan({ cluster }))).toBe(
      'No changes. The active node runs what the file asks for; standbys run no plugins.',
    )
  })

  it('says how many findings block it, with and without steps', () => {
    const findings = [finding(), finding({ severity: 'warning' })]

    expect(summarizePlan(plan({ findings }))).toBe('Blocked by 1 finding.')
    expect(summarizePlan(plan({ findings, steps: [reload(1, 'a/')] }))).toBe(
      'Plan: 1 mount to reload on 1 node. Blocked by 1 finding.',
    )
  })

  it('is not blocked by an error that was allowed', () => {
    const findings = [finding({ allowed: 'CHG-1432' })]

    expect(summarizePlan(plan({ findings }))).toBe(
      'No changes. Every node runs what the file asks for.',
    )
  })
})
