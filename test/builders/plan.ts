/** Plan documents for tests, built by hand: what a view shows must not depend on the planner. */
import type { Change, Finding, Plan, Step } from '../../src/documents/plan.generated.ts'
import type { LiveNode } from '../../src/domain/live.ts'
import {
  type MountPath,
  type PluginId,
  ROOT_NAMESPACE,
  type Version,
  versionLabel,
} from '../../src/domain/names.ts'
import { commandOf, liveNode, sha256Of } from './live.ts'

/** An empty plan for three serving OpenBao nodes. */
export function plan(overrides: Partial<Plan> = {}): Plan {
  return {
    format: 2,
    plan_id: 'c0ffee'.padEnd(64, '0'),
    cluster: planCluster([liveNode(1), liveNode(2), liveNode(3)]),
    desired: { version: 1, plugins: {} },
    changes: [],
    steps: [],
    findings: [],
    rehearsal: null,
    ...overrides,
  }
}

export function planCluster(
  nodes: readonly LiveNode[],
  overrides: Partial<Plan['cluster']> = {},
): Plan['cluster'] {
  return {
    id: '6a1f2c52-0d1c-4a6e-9d7e-0a1b2c3d4e5f',
    name: 'prod-eu',
    product: 'openbao',
    server_version: '2.7.2',
    nodes: nodes.map(({ address, role, state }) => ({ address, role, state })),
    ...overrides,
  }
}

export function step<Of extends Step['action']>(
  id: string,
  action: Of,
  why: string,
): Step & { readonly action: Of } {
  return {
    id,
    group: id,
    after: [],
    action,
    requires: [],
    ensures: [],
    undo: [],
    restores: [],
    why,
  }
}

export function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    rule: 'version-in-use',
    severity: 'error',
    subject: 'secret/my-kv v0.16.2',
    message: 'is to be retired and is still used',
    fix: 'leave it out of retire until nothing uses it',
    mounts: [],
    nodes: [],
    ...overrides,
  }
}

export interface Upgrade {
  readonly plugin: PluginId
  readonly from: Version
  readonly to: Version
  readonly mounts: readonly MountPath[]
  readonly nodes: readonly LiveNode[]
}

/** Register, tune each mount, reload node by node (the active one last), retire the old version. */
export function upgradePlan(upgrade: Upgrade, overrides: Partial<Plan> = {}): Plan {
  const steps = upgradeSteps(upgrade)
  const points = steps.length
  return plan({
    cluster: planCluster(upgrade.nodes),
    changes: upgradeChanges(upgrade),
    steps,
    rehearsal: { stopping_points: points, safe: points, unsafe: [] },
    ...overrides,
  })
}

function upgradeSteps({ plugin, from, to, mounts, nodes }: Upgrade): Step[] {
  const entryOf = (of: Version) => ({
    command: commandOf(plugin, of),
    sha256: sha256Of(plugin, of),
    args: [],
  })
  const entry = entryOf(to)
  const namespace = ROOT_NAMESPACE
  const steps = [
    step(
      `register ${plugin} ${to}`,
      { kind: 'register', plugin, version: to, entry, env: [] },
      'not in the catalog',
    ),
    ...mounts.map((mount) =>
      step(
        `tune ${mount}`,
        { kind: 'tune', mount, namespace, version: to },
        `configured for ${from}, to run ${to}`,
      ),
    ),
    ...reloadOrder(nodes).map(({ address, role }) =>
      step(
        `reload ${plugin} on ${address}`,
        { kind: 'reload', node: address, namespace, mounts: [...mounts] },
        role === 'active' ? 'the active node last' : 'a standby first',
      ),
    ),
    step(
      `deregister ${plugin} ${from}`,
      { kind: 'deregister', plugin, version: from },
      'retired, once nothing uses it any more',
    ),
  ]
  return steps.map((one): Step => {
    const { action } = one
    switch (action.kind) {
      case 'register':
        return { ...one, undo: [{ kind: 'deregister', plugin, version: to }] }
      case 'tune':
        return { ...one, group: plugin, undo: [{ ...action, version: from }] }
      case 'reload':
        return { ...one, group: plugin, undo: [action] }
      case 'deregister': {
        const entry = entryOf(from)
        return { ...one, undo: [{ kind: 'register', plugin, version: from, entry, env: [] }] }
      }
    }
  })
}

function upgradeChanges({ plugin, from, to, mounts, nodes }: Upgrade): Change[] {
  const entry = (action: 'add' | 'remove', version: Version): Change => {
    const value = (text: string) =>
      action === 'add' ? { from: null, to: text } : { from: text, to: null }
    return {
      subject: `${plugin} ${versionLabel(version)}`,
      kind: 'entry',
      action,
      fields: [
        { name: 'command', ...value(commandOf(plugin, version)) },
        { name: 'sha256', ...value(sha256Of(plugin, version)) },
      ],
      why: action === 'add' ? 'not in the catalog' : 'retired, once nothing uses it any more',
    }
  }
  return [
    entry('add', to),
    ...mounts.map((mount): Change => ({
      subject: mount,
      kind: 'mount',
      action: 'change',
      fields: [
        { name: 'version', from, to },
        ...reloadOrder(nodes).map(({ address }) => ({
          name: 'running',
          node: address,
          from: sha256Of(plugin, from),
          to: sha256Of(plugin, to),
        })),
      ],
      why: `configured for ${from}, to run ${to}`,
    })),
    entry('remove', from),
  ]
}

function reloadOrder(nodes: readonly LiveNode[]): LiveNode[] {
  const serving = nodes.filter(({ state }) => state === 'serving')
  return [
    ...serving.filter(({ role }) => role !== 'active'),
    ...serving.filter(({ role }) => role === 'active'),
  ]
}
