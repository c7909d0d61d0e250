/** Compares a plan file with the plan that is made from it now. */
import { describe, expect, it } from 'vitest'
import { plan, step } from '../../../test/builders/plan.ts'
import {
  connectionPath,
  liveConnection,
  liveNode,
  mountPath,
  nodeAddress,
  plugin,
  version,
} from '../../../test/builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  SOURCE,
  safetyInput,
  type SafetyInputParts,
} from '../../../test/builders/safety-input.ts'
import type { Plan, Step } from '../../documents/plan.generated.ts'
import { ROOT_NAMESPACE } from '../../domain/names.ts'
import { draftPlan, finishPlan } from '../../plan/make-plan.ts'
import { NO_PAST } from '../../plan/past.ts'
import { comparePlans, type PlanComparison } from './compare-plans.ts'
import { requestedSteps } from './requested-steps.ts'

const KV = 'secret/my-kv'
const OTHER = 'secret/other'
const [NODE1, NODE2] = [nodeAddress(1), nodeAddress(2)]
const AT = { namespace: ROOT_NAMESPACE }

const desired = {
  plugins: [desiredPlugin(KV, { use: 'v1.1.0', versions: ['v1.1.0'] })],
  mounts: [desiredMount('a/', KV, { verify: [{ kind: 'read', path: 'health' }] })],
}
const before = {
  catalog: [entryOf(KV, 'v1.0.0')],
  mounts: [mountOf('a/', KV, 'v1.0.0'), mountOf('b/', KV, 'v1.0.0')],
}
const start: SafetyInputParts = { desired, live: before }

describe('a plan file agrees', () => {
  it('if nothing has changed', () => {
    expect(compared(fileOf(start), start)).toEqual({ kind: 'agrees', alreadyDone: 0 })
  })

  it('if only findings, reasons, undo, rehearsal and order differ', () => {
    const file = fileOf(start)
    const other: Plan = {
      ...file,
      findings: [],
      rehearsal: null,
      changes: [],
      steps: file.steps
        .toReversed()
        .map((one) => ({ ...one, why: 'other', undo: [], requires: [] })),
    }

    expect(compared(other, start)).toEqual({ kind: 'agrees', alreadyDone: 0 })
  })

  it('if its keys are in another order', () => {
    const file = fileOf(start)
    const turned = JSON.parse(
      JSON.stringify(file, (_, value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).reverse())
          : value,
      ),
    ) as Plan

    expect(compared(turned, start)).toEqual({ kind: 'agrees', alreadyDone: 0 })
  })

  it('if some of its steps are done, and counts those', () => {
    const registered = { ...before, catalog: [...before.catalog, entryOf(KV, 'v1.1.0')] }

    expect(compared(fileOf(start), { desired, live: registered })).toEqual({
      kind: 'agrees',
      alreadyDone: 1,
    })
  })

  it('if one mount of a reload is done', () => {
    const live = {
      catalog: [...before.catalog, entryOf(KV, 'v1.1.0')],
      mounts: [mountOf('a/', KV, 'v1.0.0'), mountOf('b/', KV, 'v1.1.0')],
    }

    expect(compared(fileOf(start), { desired, live })).toEqual({ kind: 'agrees', alreadyDone: 2 })
  })

  it('if one mount of a reload is done and the file has checks of that mount', () => {
    const verify = [{ kind: 'read' as const, path: 'health' }]
    const mounts = ['a/', 'b/'].map((path) => desiredMount(path, KV, { verify }))
    const live = {
      catalog: [...before.catalog, entryOf(KV, 'v1.1.0')],
      mounts: [mountOf('a/', KV, 'v1.0.0'), mountOf('b/', KV, 'v1.1.0')],
    }
    const both = { ...desired, mounts }

    const found = compared(fileOf({ desired: both, live: before }), { desired: both, live })

    expect(found.kind).toBe('agrees')
  })

  it('if the plan made now only checks what a reload of the file has done', () => {
    const live = {
      catalog: [...before.catalog, entryOf(KV, 'v1.1.0')],
      mounts: [mountOf('a/', KV, 'v1.1.0'), mountOf('b/', KV, 'v1.1.0')],
    }
    const done = { desired, live }
    const file = fileOf(start)
    const input = safetyInput(done)
    const past = { ...NO_PAST, requested: requestedSteps(file, input.live, new Set()) }
    const draft = draftPlan(input.desired, input.live, past)
    const now = finishPlan(draft, input.desired, input.live, { findings: [], rehearsal: null })

    expect(now.steps.map(({ action }) => action.kind)).toEqual(['check', 'check', 'check'])
    // The registration and the two tunes.
    expect(comparePlans(file, now, input)).toEqual({ kind: 'agrees', alreadyDone: 3 })
  })

  it('if another node is active in a cluster whose standbys run no plugins', () => {
    const clusterLedBy = (active: number): SafetyInputParts => {
      const nodes = [1, 2].map((number) =>
        liveNode(number, {
          role: number === active ? 'active' : 'standby',
          state: number === active ? 'serving' : 'forwarding',
        }),
      )
      const mounts = [mountOf('a/', KV, 'v1.0.0', { nodes: [liveNode(active)] })]
      return { desired, live: { ...before, nodes, mounts, product: 'vault' } }
    }

    expect(compared(fileOf(clusterLedBy(1)), clusterLedBy(2))).toEqual({
      kind: 'agrees',
      alreadyDone: 0,
    })
  })
})

describe('a plan file differs', () => {
  it('if a mount was made since', () => {
    const live = { ...before, mounts: [...before.mounts, mountOf('c/', KV, 'v1.0.0')] }

    const found = differing(compared(fileOf(start), { desired, live }))

    // The tune of the new mount, and the reload of every node, which names it too.
    expect(found.notInFile.map(({ action }) => action.kind)).toEqual([
      ...['tune', 'reload', 'reload', 'reload'],
    ])
    expect(found.onlyInFile.map(({ action }) => action.kind)).toEqual([])
  })

  it('if a node joined', () => {
    const nodes = [1, 2, 3, 4].map((number) => liveNode(number))
    const mounts = ['a/', 'b/'].map((path) => mountOf(path, KV, 'v1.0.0', { nodes }))

    const found = differing(
      compared(fileOf(start), { desired, live: { ...before, nodes, mounts } }),
    )

    expect(found.notInFile.map(({ action }) => action)).toMatchObject([
      { kind: 'reload', node: nodeAddress(4) },
    ])
  })

  it('if other arguments, variables or another file are registered', () => {
    for (const change of [
      { args: ['--x'] },
      { command: 'other' },
      { env: [{ name: 'X', from: 'SECRET' }] },
    ]) {
      const versions = [desiredVersion(KV, 'v1.1.0', change)]
      const other = { ...desired, plugins: [desiredPlugin(KV, { use: 'v1.1.0', versions })] }

      const found = differing(compared(fileOf(start), { desired: other, live: before }))

      expect(found.notInFile.map(({ action }) => action.kind)).toContain('register')
      expect(found.onlyInFile.map(({ action }) => action.kind)).toContain('register')
    }
  })

  it('if a step has other checks, or none', () => {
    const file = fileOf(start)
    const withVerify = (verify: Step['verify']): Plan => ({
      ...file,
      steps: file.steps.map(({ verify: had, ...one }) =>
        had === undefined || verify === undefined ? one : { ...one, verify },
      ),
    })
    const checks: Step['verify'][] = [
      undefined,
      [{ mount: mountPath('a/'), kind: 'run', command: ['true'] }],
    ]
    for (const verify of checks) {
      const found = differing(compared(withVerify(verify), start))
      expect(found.notInFile.map(({ action }) => action.kind)).toEqual([
        'reload',
        'reload',
        'reload',
      ])
    }
  })

  const unplanned: [string, Step['action']][] = [
    [
      'a registration',
      {
        kind: 'register',
        plugin: plugin(KV),
        version: version('v9.0.0'),
        entry: { command: 'x', sha256: 'a'.repeat(64) as never, args: [] },
        env: [],
      },
    ],
    [
      'a registration of another file under a version that is there',
      {
        kind: 'register',
        plugin: plugin(KV),
        version: version('v1.0.0'),
        entry: { command: 'x', sha256: 'a'.repeat(64) as never, args: [] },
        env: [],
      },
    ],
    ['a deregistration', { kind: 'deregister', plugin: plugin(KV), version: version('v1.0.0') }],
    [
      'a mount',
      {
        kind: 'enable',
        mount: mountPath('new/'),
        ...AT,
        plugin: plugin(KV),
        version: version('v1.0.0'),
      },
    ],
    ['a tune', { kind: 'tune', mount: mountPath('a/'), ...AT, version: version('v0.9.0') }],
    [
      'a repoint',
      {
        kind: 'repoint',
        connection: connectionPath('database/config/x'),
        ...AT,
        version: version('v0.9.0'),
      },
    ],
    [
      'a reload of a mount of a plugin that the file does not name',
      { kind: 'reload', node: NODE1, ...AT, mounts: [mountPath('else/')] },
    ],
    [
      'a reload of a mount that is not there',
      { kind: 'reload', node: NODE1, ...AT, mounts: [mountPath('none/')] },
    ],
    [
      'a reload on a node that is no member',
      { kind: 'reload', node: nodeAddress(9), ...AT, mounts: [mountPath('a/')] },
    ],
    [
      'a check on a node that is no member',
      { kind: 'check', node: nodeAddress(9), ...AT, mounts: [mountPath('a/')] },
    ],
  ]
  const withElse: SafetyInputParts = {
    desired,
    live: {
      catalog: before.catalog,
      mounts: [...before.mounts, mountOf('else/', OTHER, 'v1.0.0')],
      connections: [
        liveConnection(connectionPath('database/config/x'), {
          plugin: plugin('database/redis'),
          version: version('v1.0.0'),
        }),
      ],
    },
  }
  it.each(unplanned)('if the file has %s that is neither planned now nor done', (_, action) => {
    const file = fileOf(withElse)
    const forged = { ...file, steps: [...file.steps, step('forged', action, 'because')] }

    const found = differing(compared(forged, withElse))

    expect(found.onlyInFile.map(({ id }) => id)).toEqual(['forged'])
    expect(found.notInFile).toEqual([])
  })

  it('if the file shows a lock that its desired state does not have', () => {
    const file = fileOf(start)
    const forged = { ...file, cluster: { ...file.cluster, lock: 'kv/lock' } }

    expect(differing(compared(forged, start)).settings).toEqual([
      { name: 'lock', file: '"kv/lock"', now: undefined },
    ])
  })

  it('if the file shows a binary_check that its desired state does not have, or hides one that it has', () => {
    const file = fileOf(start)
    const command = ['true']
    const shown = { ...file, cluster: { ...file.cluster, binary_check: { command, files: [] } } }
    const checking = { ...desired, cluster: { binaryCheck: { command, source: SOURCE } } }
    const hidden = comparePlans(
      file,
      freshOf({ ...start, desired: checking }, { command, files: [] }),
      safetyInput({ ...start, desired: checking }),
    )

    expect(differing(compared(shown, start)).settings).toEqual([
      { name: 'binary_check', file: '["true"]', now: undefined },
    ])
    expect(differing(hidden).settings).toEqual([
      { name: 'binary_check', file: undefined, now: '["true"]' },
    ])
  })
})

it('counts a step as done only if the cluster is as it is after the step', () => {
  const live = {
    catalog: [entryOf(KV, 'v1.1.0')],
    mounts: [mountOf('a/', KV, 'v1.1.0'), mountOf('b/', KV, 'v1.1.0')],
  }
  const done = { desired, live }
  const file = fileOf(start)

  expect(compared(file, done)).toEqual({ kind: 'agrees', alreadyDone: file.steps.length })
  const removed = { ...live, catalog: [] }
  const plugins = [desiredPlugin(KV, { versions: [] })]
  const found = differing(compared(file, { desired: { plugins }, live: removed }))
  expect(found.onlyInFile.map(({ action }) => action.kind)).toEqual(['register'])
})

it('accepts a reload of the file only for the node it names if every node runs plugins', () => {
  const file = fileOf(start)
  const onOtherNode = {
    ...file,
    steps: file.steps.map((one) =>
      one.action.kind === 'reload' && one.action.node === NODE1
        ? { ...one, action: { ...one.action, node: NODE2 } }
        : one,
    ),
  }

  const found = differing(compared(onOtherNode, start))

  expect(found.notInFile.map(({ action }) => action)).toMatchObject([{ node: NODE1 }])
})

function freshOf(
  parts: SafetyInputParts,
  binaryCheck?: NonNullable<Plan['cluster']['binary_check']>,
) {
  const { draft, desired: asked, live } = safetyInput(parts)
  return finishPlan(draft, asked, live, {
    findings: [],
    rehearsal: null,
    ...(binaryCheck !== undefined && { binaryCheck }),
  })
}

/** The file as it is read: `undefined` properties are lost in JSON. */
function fileOf(parts: SafetyInputParts): Plan {
  return plan(JSON.parse(JSON.stringify(freshOf(parts))) as Plan)
}

function compared(file: Plan, parts: SafetyInputParts): PlanComparison {
  return comparePlans(file, freshOf(parts), safetyInput(parts))
}

function differing(comparison: PlanComparison): PlanComparison & { readonly kind: 'differs' } {
  if (comparison.kind === 'differs') return comparison
  throw new Error(`the plans agree: ${JSON.stringify(comparison)}`)
}
