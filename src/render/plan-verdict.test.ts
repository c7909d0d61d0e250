import { expect, it } from 'vitest'
import type { Change, CheckAction, ReloadAction } from '../documents/plan.generated.ts'
import { finding, plan, step, upgradePlan } from '../../test/builders/plan.ts'
import { liveNode, mountPath, nodeAddress, plugin, version } from '../../test/builders/live.ts'
import { PLANS } from '../../test/render/cases.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { describeVerdict } from './plan-verdict.ts'

const KV = plugin('secret/my-kv')
const upgrade = {
  plugin: KV,
  from: version('v0.16.2'),
  to: version('v0.21.0'),
  nodes: [liveNode(1), liveNode(2)],
  mounts: [mountPath('a/')],
}

it.each([
  ['an upgrade', upgradePlan(upgrade), 'Upgrades 1 mount on 2 nodes; can be rolled back'],
  [
    'a downgrade',
    upgradePlan({ ...upgrade, from: upgrade.to, to: upgrade.from }),
    'Downgrades 1 mount on 2 nodes; can be rolled back',
  ],
  [
    'a blocked plan',
    upgradePlan(upgrade, { findings: [finding()] }),
    'Blocked by 1 finding: would upgrade 1 mount on 2 nodes; can be rolled back',
  ],
  [
    'a step without a rollback',
    upgradePlan(upgrade, { findings: [finding({ rule: 'no-rollback', severity: 'warning' })] }),
    'Upgrades 1 mount on 2 nodes; CANNOT be rolled back in full; 1 warning',
  ],
  ['nothing to do', plan(), 'No changes. Every node runs what the file asks for'],
  ['a blocked plan of nothing', plan({ findings: [finding()] }), 'Blocked by 1 finding'],
  [
    'a waived error',
    upgradePlan(upgrade, { findings: [finding({ allowed: 'CHG-1' })] }),
    'Upgrades 1 mount on 2 nodes; can be rolled back; 1 waiver',
  ],
])('%s', (_, of, verdict) => {
  expect(describeVerdict(of)).toBe(verdict)
})

it('names mounts, connections and entries in the order of the changes', () => {
  expect(describeVerdict(PLANS.mixed)).toMatch(
    /^Overrides the builtin of 1 mount, repoints 1 connection, enables 1 mount on 1 node/,
  )
})

function mountChange(fields: Change['fields']): Change {
  return { subject: 'a/', kind: 'mount', action: 'change', fields, why: '' }
}

it.each([
  [[{ name: 'running', from: 'abc', to: 'builtin' }], 'Returns 1 mount to the builtin on 1 node'],
  [[{ name: 'running', from: 'down', to: 'abc' }], 'Reloads 1 mount on 1 node'],
  [[{ name: 'version', from: 'none', to: 'v1.0.0' }], 'Changes the version of 1 mount on 1 node'],
])('one change: %j', (fields, verdict) => {
  const action: ReloadAction = {
    kind: 'reload',
    node: nodeAddress(1),
    namespace: ROOT_NAMESPACE,
    mounts: [mountPath('a/')],
  }
  const reload = { ...step('reload', action, ''), undo: [action] }

  expect(describeVerdict(plan({ steps: [reload], changes: [mountChange(fields)] }))).toBe(
    `${verdict}; can be rolled back`,
  )
})

it('says that mounts are checked if the plan does nothing else', () => {
  const action: CheckAction = {
    kind: 'check',
    node: nodeAddress(1),
    namespace: ROOT_NAMESPACE,
    mounts: [mountPath('a/')],
  }

  expect(describeVerdict(plan({ steps: [step('check', action, '')] }))).toBe(
    'Checks 1 mount on 1 node',
  )
})
