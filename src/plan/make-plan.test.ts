/** The steps of a plan and their order, for each thing that a file can ask for. */
import { describe, expect, it } from 'vitest'
import {
  builtinEntry,
  connectionPath,
  liveConnection,
  liveNode,
  nodeAddress,
  plugin,
  version,
} from '../../test/builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  safetyInput,
  type SafetyInputParts,
} from '../../test/builders/safety-input.ts'
import type { MountOnNode } from '../domain/live.ts'
import { draftPlan, finishPlan } from './make-plan.ts'

const KV = 'secret/my-kv'
const JWT = 'auth/jwt'
const BUILTIN = 'v2.7.2+builtin.bao'
const [NODE1, NODE2, NODE3] = [1, 2, 3].map(nodeAddress)

/** The ids of the steps, with nodes by number. */
function stepsOf(parts: SafetyInputParts): string[] {
  return safetyInput(parts).draft.steps.map(({ id }) =>
    id.replaceAll(/https?:\/\/\S*?(\d)\S*/g, 'node $1'),
  )
}

/** Node 1 leads in every case. */
function overAllNodes(what: string): string[] {
  return [2, 3, 1].map((node) => `${what} on node ${node}`)
}

describe('an upgrade under the same name', () => {
  const parts = {
    desired: { plugins: [desiredPlugin(KV, { use: 'unversioned', versions: ['unversioned'] })] },
    live: {
      catalog: [entryOf(KV, 'unversioned', { command: 'old', sha256: 'e'.repeat(64) as never })],
      mounts: ['a/', 'b/'].map((path) => mountOf(path, KV, 'unversioned')),
    },
  }
  const old = { running_sha256: 'e'.repeat(64) as never }
  const stale = parts.live.mounts.map((mount) => ({
    ...mount,
    nodes: mount.nodes.map((view) => ({ ...view, ...old })),
  }))

  it('registers right before the reloads, standbys first and the active node last', () => {
    expect(stepsOf({ ...parts, live: { ...parts.live, mounts: stale } })).toEqual([
      `register ${KV} unversioned`,
      ...overAllNodes(`reload ${KV}`),
    ])
  })

  it('names all mounts of a node in one request', () => {
    const { draft } = safetyInput({ ...parts, live: { ...parts.live, mounts: stale } })
    expect(draft.steps[1]?.action).toMatchObject({ kind: 'reload', mounts: ['a/', 'b/'] })
  })

  it('rolls back to the entry that was registered', () => {
    const { draft } = safetyInput({ ...parts, live: { ...parts.live, mounts: stale } })
    expect(draft.steps[0]?.undo).toMatchObject([{ kind: 'register', entry: { command: 'old' } }])
    expect(draft.steps[1]?.restores).toContainEqual(
      expect.objectContaining({ fact: 'running', mount: 'a/', sha256: 'e'.repeat(64) }),
    )
  })

  it('reads a rolled-back entry on every node before a mount is reloaded there', () => {
    const { draft } = safetyInput({ ...parts, live: { ...parts.live, mounts: stale } })
    const revert = safetyInput({
      desired: { plugins: [desiredPlugin(JWT, { use: 'builtin', retire: ['unversioned'] })] },
      live: {
        catalog: [entryOf(JWT, 'unversioned')],
        mounts: [
          { ...mountOf('auth/jwt/', JWT, 'v0.25.0'), configured_version: version('') },
          mountOf('auth/ci/', JWT, BUILTIN),
        ],
      },
    })

    for (const [first] of [draft.steps, revert.draft.steps]) {
      const known = first?.restores.flatMap((fact) => (fact.fact === 'entry' ? [fact.node] : []))
      expect(known).toEqual([undefined, ...[2, 3, 1].map(nodeAddress)])
    }
    expect(revert.draft.steps[0]?.id).toBe(`deregister ${JWT} unversioned`)
  })

  it('has no rollback if no mount runs the registered entry', () => {
    const other = { running_sha256: 'd'.repeat(64) as never }
    const mounts = stale.map((mount) => ({
      ...mount,
      nodes: mount.nodes.map((view) => ({ ...view, ...other })),
    }))

    const { draft } = safetyInput({ ...parts, live: { ...parts.live, mounts } })

    const reload = draft.steps.find(({ action }) => action.kind === 'reload')
    expect(reload).toMatchObject({ undo: [], restores: [] })
  })

  it('requires nothing of an entry that the server cannot read, and cannot roll back to it', () => {
    const { command: _, args: __, ...unread } = parts.live.catalog[0]!

    const { draft } = safetyInput({ ...parts, live: { catalog: [unread], mounts: stale } })

    expect(draft.steps[0]).toMatchObject({ requires: [], undo: [], restores: [] })
    expect(draft.steps[1]).toMatchObject({ undo: [] })
    expect(draft.changes[0]).toMatchObject({
      action: 'change',
      fields: [{ name: 'command' }, { name: 'sha256', from: 'e'.repeat(64) }],
    })
  })

  it('reads the registration back on every node', () => {
    const { draft } = safetyInput({ ...parts, live: { ...parts.live, mounts: stale } })
    const nodes = draft.steps[0]?.ensures.flatMap((fact) => ('node' in fact ? fact.node : []))
    expect(nodes?.sort()).toEqual([NODE1, NODE2, NODE3].sort())
  })
})

describe('a node that still lists the version from before a tune', () => {
  const desired = {
    plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.16.2', 'v0.21.0'] })],
  }
  const seenBy2 = (view: Partial<MountOnNode>) => ({
    catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')],
    mounts: [
      mountOf('a/', KV, 'v0.21.0', {
        except: { [NODE2 ?? '']: { configured_version: version('v0.16.2'), ...view } },
      }),
    ],
  })
  const old = {
    running_version: version('v0.16.2'),
    running_sha256: entryOf(KV, 'v0.16.2').sha256,
  }

  it('is sent the same tune again before it is reloaded', () => {
    const { draft } = safetyInput({ desired, live: seenBy2(old) })
    expect(draft.steps.map(({ id }) => id)).toEqual(['tune a/ again', `reload ${KV} on ${NODE2}`])
    const [retune, reload] = draft.steps
    expect(retune).toMatchObject({
      action: { kind: 'tune', version: 'v0.21.0' },
      requires: expect.arrayContaining([
        expect.objectContaining({ fact: 'mount', configured_version: 'v0.21.0' }),
      ]),
      undo: [],
      why: `another version still on ${NODE2}; the same tune once more reaches it`,
    })
    const seenByNode = { fact: 'mount', node: NODE2, configured_version: 'v0.21.0' }
    expect(retune?.ensures).toContainEqual(expect.objectContaining(seenByNode))
    expect(reload?.requires).toContainEqual(expect.objectContaining(seenByNode))
    expect(reload?.undo[0]).toMatchObject({ kind: 'tune', version: 'v0.16.2' })
  })

  it('is not reloaded if it runs the desired binary', () => {
    const parts = { desired, live: seenBy2({}) }
    expect(stepsOf(parts)).toEqual(['tune a/ again'])
    expect(safetyInput(parts).draft.changes).toMatchObject([
      { subject: 'a/', fields: [{ name: `version on ${NODE2}`, from: 'v0.16.2', to: 'v0.21.0' }] },
    ])
  })
})

describe('why a mount is reloaded', () => {
  const desired = { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] }
  const whyOf = (view: Partial<MountOnNode>, entry = {}) => {
    const { steps, changes } = safetyInput({
      desired,
      live: {
        catalog: [entryOf(KV, 'v0.21.0', entry)],
        mounts: [mountOf('a/', KV, 'v0.21.0', { except: { [NODE2 ?? '']: view } })],
      },
    }).draft
    const reload = steps.find(({ action }) => action.kind === 'reload')
    return [reload?.why, changes.find(({ subject }) => subject === 'a/')?.why]
  }

  it.each([
    ['down', { answers: 'no' }, {}],
    ['runs another binary', { running_sha256: entryOf(KV, 'v9.0.0').sha256 }, {}],
    ['runs under another version', { running_version: version('v9.0.0') }, {}],
    ['runs the entry from before the change', {}, { args: ['--old'] }],
  ] as const)('is given in the step and in the change of the mount: %s', (why, view, entry) => {
    expect(whyOf(view, entry)).toEqual([`standby: 1 mount ${why}`, why])
  })
})

describe('an upgrade with versions', () => {
  const live = {
    catalog: [entryOf(KV, 'v0.16.2')],
    mounts: ['a/', 'b/', 'c/'].map((path) => mountOf(path, KV, 'v0.16.2')),
  }
  const upgrade = desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.16.2', 'v0.21.0'] })

  it('changes the canary on every node before any other mount', () => {
    const mounts = [desiredMount('b/', KV, { canary: true })]
    expect(stepsOf({ desired: { plugins: [upgrade], mounts }, live })).toEqual([
      `register ${KV} v0.21.0`,
      'tune b/',
      ...overAllNodes(`reload ${KV} canary`),
      'tune a/',
      'tune c/',
      ...overAllNodes(`reload ${KV}`),
    ])
  })

  it('leaves a mount alone if the file keeps it on its version', () => {
    const mounts = [desiredMount('a/', KV, { use: 'v0.16.2' })]
    const steps = stepsOf({ desired: { plugins: [upgrade], mounts }, live })
    expect(steps).not.toContain('tune a/')
    expect(steps).toContain('tune b/')
  })

  it('deregisters what it retires last, and only if nothing uses it', () => {
    const retiring = desiredPlugin(KV, {
      use: 'v0.21.0',
      versions: ['v0.21.0'],
      retire: ['v0.16.2'],
    })
    const { draft } = safetyInput({ desired: { plugins: [retiring] }, live })
    const last = draft.steps.at(-1)
    expect(last?.id).toBe(`deregister ${KV} v0.16.2`)
    expect(last?.requires).toContainEqual(
      expect.objectContaining({ fact: 'unused', version: 'v0.16.2' }),
    )
  })

  it('touches nothing that the file does not name', () => {
    expect(stepsOf({ desired: {}, live })).toEqual([])
    const registered = desiredPlugin(KV, { versions: ['v0.16.2'] })
    expect(stepsOf({ desired: { plugins: [registered] }, live })).toEqual([])
  })

  it('reloads a mount only on nodes that run another binary', () => {
    const behind = { running_version: version('v0.16.2'), running_sha256: 'e'.repeat(64) as never }
    const skewed = mountOf('a/', KV, 'v0.21.0', { except: { [NODE3 as string]: behind } })
    const steps = stepsOf({
      desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
      live: { catalog: [entryOf(KV, 'v0.21.0')], mounts: [skewed] },
    })
    expect(steps).toEqual([`reload ${KV} on node 3`])
  })

  it('reloads a mount that does not answer, also if its node lists the desired binary', () => {
    const down = { answers: 'no' as const }
    const mount = mountOf('a/', KV, 'v0.21.0', { except: { [NODE2 as string]: down } })
    const steps = stepsOf({
      desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
      live: { catalog: [entryOf(KV, 'v0.21.0')], mounts: [mount] },
    })
    expect(steps).toEqual([`reload ${KV} on node 2`])
  })

  it('does not reload a mount on a node that forwards, which runs nothing', () => {
    const nodes = [liveNode(1), liveNode(2, { state: 'forwarding' })]
    const mounts = [mountOf('a/', KV, 'v0.16.2', { nodes })]
    const steps = stepsOf({
      desired: { plugins: [upgrade] },
      live: { product: 'vault', nodes, catalog: live.catalog, mounts },
    })
    expect(steps).toEqual([`register ${KV} v0.21.0`, 'tune a/', `reload ${KV} on node 1`])
  })

  it('tunes nothing while a pin is in force: servers refuse a tune then', () => {
    const pins = [{ plugin: plugin(KV), version: version('v0.21.0') }]
    const steps = stepsOf({ desired: { plugins: [upgrade] }, live: { ...live, pins } })
    expect(steps.filter((id) => id.startsWith('tune'))).toEqual([])
  })

  it('has no rollback while a pin is in force: every reload starts the pinned version', () => {
    const pins = [{ plugin: plugin(KV), version: version('v0.21.0') }]
    const { steps } = safetyInput({
      desired: { plugins: [upgrade] },
      live: { ...live, pins },
    }).draft
    const reloads = steps.filter(({ action }) => action.kind === 'reload')
    expect(reloads).not.toEqual([])
    expect(reloads.flatMap(({ restores }) => restores)).toEqual([])
  })

  it('reloads nothing while another version is pinned: a reload would start that version', () => {
    const pins = [{ plugin: plugin(KV), version: version('v0.16.2') }]
    const steps = stepsOf({ desired: { plugins: [upgrade] }, live: { ...live, pins } })
    expect(steps.filter((id) => id.startsWith('reload'))).toEqual([])
  })
})

describe('a builtin', () => {
  const builtin = builtinEntry(plugin(JWT), version(BUILTIN))
  const compiledIn = {
    running_version: version(BUILTIN),
    running_sha256: 'builtin' as const,
  }

  it('is overridden by an unversioned entry, and all its mounts are reloaded', () => {
    const everywhere = Object.fromEntries(
      [NODE1, NODE2, NODE3].map((node) => [node as string, compiledIn]),
    )
    const steps = stepsOf({
      desired: {
        plugins: [
          desiredPlugin(JWT, {
            use: 'unversioned',
            versions: ['unversioned'],
            overridesBuiltin: true,
          }),
        ],
      },
      live: {
        catalog: [builtin],
        mounts: [mountOf('auth/jwt/', JWT, 'unversioned', { except: everywhere })],
      },
    })
    expect(steps).toEqual([`register ${JWT} unversioned`, ...overAllNodes(`reload ${JWT}`)])
  })

  it('runs again after its unversioned entry is deregistered and its mounts are reloaded', () => {
    const steps = stepsOf({
      desired: { plugins: [desiredPlugin(JWT, { use: 'builtin', retire: ['unversioned'] })] },
      live: {
        catalog: [entryOf(JWT, 'unversioned')],
        mounts: [mountOf('auth/jwt/', JWT, 'unversioned')],
      },
    })
    expect(steps).toEqual([`deregister ${JWT} unversioned`, ...overAllNodes(`reload ${JWT}`)])
  })

  it('runs again after a tune to its own version, and the old version is deregistered last', () => {
    const { draft } = safetyInput({
      desired: { plugins: [desiredPlugin(JWT, { use: 'builtin', retire: ['v0.25.0'] })] },
      live: {
        catalog: [builtin, entryOf(JWT, 'v0.25.0')],
        mounts: [mountOf('auth/jwt/', JWT, 'v0.25.0')],
      },
    })
    expect(draft.steps[0]?.action).toMatchObject({ kind: 'tune', version: BUILTIN })
    expect(draft.steps.at(-1)?.id).toBe(`deregister ${JWT} v0.25.0`)
    expect(draft.steps).toHaveLength(5)
  })

  it('cannot run again while an unversioned entry is registered that the file does not retire', () => {
    const { draft } = safetyInput({
      desired: { plugins: [desiredPlugin(JWT, { use: 'builtin' })] },
      live: {
        catalog: [entryOf(JWT, 'unversioned')],
        mounts: [mountOf('auth/jwt/', JWT, 'unversioned')],
      },
    })
    expect(draft.steps).toEqual([])
    expect(draft.impossible).toMatchObject([{ kind: 'builtin-hidden', mounts: ['auth/jwt/'] }])
  })

  it.each(['secret/kv', 'secret/database'])('%s is never overridden', (id) => {
    const { draft } = safetyInput({
      desired: { plugins: [desiredPlugin(id, { use: 'v1.0.0', versions: ['v1.0.0'] })] },
      live: { catalog: [builtinEntry(plugin(id), version(BUILTIN))], mounts: [] },
    })
    expect(draft.steps).toEqual([])
    expect(draft.impossible).toMatchObject([{ kind: 'not-overridable' }])
  })
})

describe('mounts and connections by name', () => {
  const known = { catalog: [entryOf(KV, 'v0.21.0')] }
  const current = desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })

  it('makes a mount that the file asks for, with its version, and never rolls that back', () => {
    const mounts = [desiredMount('fresh/', KV, { enable: true })]
    const { draft } = safetyInput({ desired: { plugins: [current], mounts }, live: known })
    expect(draft.steps).toMatchObject([
      { action: { kind: 'enable', mount: 'fresh/', version: 'v0.21.0' }, undo: [] },
    ])
  })

  it('never replaces a mount of another plugin', () => {
    const mounts = [desiredMount('a/', KV, { enable: true })]
    const live = { ...known, mounts: [mountOf('a/', 'secret/pki', 'v1.0.0')] }
    const { draft } = safetyInput({ desired: { plugins: [current], mounts }, live })
    expect(draft.steps).toEqual([])
    expect(draft.impossible).toMatchObject([{ kind: 'mount-type-change', found: 'secret/pki' }])
  })

  it('does not clear a version: servers refuse that', () => {
    const { draft } = safetyInput({
      desired: { plugins: [desiredPlugin(KV, { use: 'unversioned', versions: ['unversioned'] })] },
      live: {
        catalog: [entryOf(KV, 'unversioned'), entryOf(KV, 'v0.21.0')],
        mounts: [mountOf('a/', KV, 'v0.21.0')],
      },
    })
    expect(draft.steps).toEqual([])
    expect(draft.impossible).toMatchObject([{ kind: 'unversioned-unreachable', mounts: ['a/'] }])
  })

  it('repoints the connections of a database plugin', () => {
    const id = 'database/redis'
    const at = { plugin: plugin(id), version: version('v0.6.0') }
    const { draft } = safetyInput({
      desired: { plugins: [desiredPlugin(id, { use: 'v0.7.0', versions: ['v0.7.0'] })] },
      live: {
        catalog: [entryOf(id, 'v0.6.0')],
        connections: [liveConnection(connectionPath('db/config/orders'), at)],
      },
    })
    expect(draft.steps.map(({ action }) => action.kind)).toEqual(['register', 'repoint'])
    expect(draft.steps[1]?.undo).toMatchObject([{ kind: 'repoint', version: 'v0.6.0' }])
  })
})

describe('the plan document', () => {
  const { desired, live } = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: { catalog: [entryOf(KV, 'v0.16.2')], mounts: [mountOf('a/', KV, 'v0.16.2')] },
  })
  const judgement = { findings: [], rehearsal: null }

  it('has the same bytes for the same inputs', () => {
    const [first, second] = [1, 2].map(() =>
      JSON.stringify(finishPlan(draftPlan(desired, live), desired, live, judgement)),
    )
    expect(first).toBe(second)
  })

  it('gives each step its own id and the steps before it', () => {
    const { steps } = draftPlan(desired, live)
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length)
    expect(steps.map(({ after }) => after)).toEqual([
      [],
      ...steps.slice(0, -1).map(({ id }) => [id]),
    ])
  })
})
