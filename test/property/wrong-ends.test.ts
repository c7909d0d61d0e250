/**
 * Planners that forget something, or do it otherwise: every stop is safe, and the last leaves the
 * cluster otherwise than the file has it. The rehearsal finds every one of them.
 */
import { describe, expect, it } from 'vitest'
import type { Action } from '../../src/documents/plan.generated.ts'
import {
  catalogEntry,
  connectionPath,
  liveConnection,
  liveMount,
  liveNode,
  liveState,
  mountPath,
  plugin,
  sha256Of,
  version,
} from '../builders/live.ts'
import { desiredPlugin, desiredVersion, entryOf, mountOf } from '../builders/safety-input.ts'
import { desiredMount, desiredState, using } from '../drift/desired-state.ts'
import { judgedPlan } from './drive-twin.ts'
import { is, type Mistake, problemsOf, type Right, withAction, without } from './right-plans.ts'

const KV = 'secret/my-kv'
const REDIS = 'database/redis'
const V2 = version('v2.0.0')
const NODES = [liveNode(1), liveNode(2), liveNode(3)]

describe('a plan with something of everything', () => {
  const mistakes: readonly [name: string, mistake: Mistake, problem: RegExp][] = [
    [
      'a connection left where it was',
      (steps) => without(steps, 'repoint'),
      /db\/config\/orders on another version/,
    ],
    ['a mount not enabled', (steps) => without(steps, 'enable'), /fresh\/ not there/],
    [
      'a mount enabled with another version',
      (steps) => withActions(steps, 'enable', { version: version('v1.0.0') }),
      /fresh\/ on another binary/,
    ],
    [
      'a version not retired',
      (steps) => without(steps, 'deregister'),
      /secret\/my-kv v0.9.0 still registered/,
    ],
    [
      'a version that nothing uses not registered',
      (steps) => steps.filter(({ id }) => id !== `register ${KV} v1.1.0`),
      /secret\/my-kv v1.1.0 not registered/,
    ],
    [
      'a version registered with other arguments',
      (steps) =>
        steps.map((step) =>
          step.action.kind === 'register' && step.id === `register ${KV} v1.1.0`
            ? withAction(step, { ...step.action, entry: { ...step.action.entry, args: ['-x'] } })
            : step,
        ),
      /secret\/my-kv v1.1.0 registered otherwise/,
    ],
    [
      'the version of a mount that was just made deregistered',
      (steps) =>
        steps.flatMap((step) =>
          step.action.kind === 'deregister'
            ? [step, withAction({ ...step, id: 'last' }, { ...step.action, version: V2 })]
            : [step],
        ),
      /^last: a\/ and fresh\/ would not come up again/m,
    ],
    ['nothing done at all', () => [], /^: the plan ends with .*a\/ on another binary/],
  ]

  it('is safe as it is planned', () => {
    const right = planEverything()

    expect(new Set(right.steps.map(({ action }) => action.kind))).toEqual(
      new Set(['register', 'tune', 'reload', 'repoint', 'enable', 'deregister']),
    )
    expect(problemsOf(right, right.steps)).toBe('')
  })

  it.each(mistakes)('is caught with %s', (_, mistake, problem) => {
    const right = planEverything()

    expect(problemsOf(right, mistake(right.steps, right.live))).toMatch(problem)
  })
})

it('is caught where a mount stays on another version with the same binary', () => {
  const right = planFor(
    [desiredVersion(KV, 'v1.1.0', { sha256: sha256Of(plugin(KV), version('v1.0.0')) })],
    'v1.1.0',
  )

  expect(problemsOf(right, right.steps)).toBe('')
  expect(problemsOf(right, without(right.steps, 'tune'))).toMatch(
    /ends with a\/ on another version \(on every node\)/,
  )
})

it('is caught where a mount that could not start before it is not tuned to a version that can', () => {
  const lost = { configured_version: version('v9.0.0') }
  const mount = mountOf('a/', KV, 'v1.0.0')
  const live = liveState({
    catalog: [entryOf(KV, 'v1.0.0')],
    mounts: [{ ...mount, ...lost, nodes: mount.nodes.map((view) => ({ ...view, ...lost })) }],
  })
  const { draft, plan } = judgedPlan(
    desiredState({ plugins: [desiredPlugin(KV, { use: 'v1.0.0', versions: ['v1.0.0'] })] }),
    live,
  )
  const right = { live, draft, steps: plan.steps }

  expect(right.steps.map(({ id }) => id)).toEqual(['tune a/'])
  expect(problemsOf(right, right.steps)).toBe('')
  expect(problemsOf(right, [])).toMatch(/ends with a\/ on another version/)
})

it('is caught where an entry gets other arguments and a standby is not reloaded', () => {
  const right = planFor([desiredVersion(KV, 'v1.0.0', { args: ['-log=json'] })], 'v1.0.0')
  const forgotten = right.steps.find(is('reload'))

  expect(problemsOf(right, right.steps)).toBe('')
  expect(
    problemsOf(
      right,
      right.steps.filter((step) => step !== forgotten),
    ),
  ).toMatch(/ends with a\/ on what its entry was before \(on http:\/\/node2:8200\)/)
})

it('asks nothing of a plugin that a pin holds, nor of a mount that a node does not list', () => {
  const { live } = planEverything()
  const pinned = {
    ...live,
    product: 'vault' as const,
    pins: [{ plugin: plugin(KV), version: version('v1.0.0') }],
  }
  const unlisted = {
    ...live,
    mounts: live.mounts.map((mount) => ({ ...mount, nodes: mount.nodes.slice(1) })),
  }

  for (const found of [pinned, unlisted]) {
    const { plan } = judgedPlan(EVERYTHING, found)
    const missed = plan.rehearsal?.unsafe.filter(({ kind }) => kind === 'missed-end') ?? []
    expect(missed.filter(({ mounts }) => mounts.includes(mountPath('a/')))).toEqual([])
  }
})

function withActions(steps: Right['steps'], kind: Action['kind'], differing: Partial<Action>) {
  return steps.map((step) =>
    is(kind)(step) ? withAction(step, { ...step.action, ...differing } as Action) : step,
  )
}

const EVERYTHING = desiredState({
  plugins: [
    desiredPlugin(REDIS, { use: 'v1.1.0', versions: ['v1.1.0'] }),
    desiredPlugin(KV, {
      use: 'v2.0.0',
      versions: ['v1.0.0', 'v1.1.0', 'v2.0.0'],
      retire: ['v0.9.0'],
    }),
  ],
  mounts: [desiredMount(mountPath('fresh/'), plugin(KV), { enable: true, use: using('v2.0.0') })],
})

function planEverything(): Right {
  const live = liveState({
    catalog: [entryOf(REDIS, 'v1.0.0'), entryOf(KV, 'v0.9.0'), entryOf(KV, 'v1.0.0')],
    mounts: [mountOf('a/', KV, 'v1.0.0'), mountOf('db/', 'secret/database', 'unversioned')],
    connections: [
      liveConnection(connectionPath('db/config/orders'), {
        plugin: plugin(REDIS),
        version: version('v1.0.0'),
      }),
    ],
  })
  const { draft, plan } = judgedPlan(EVERYTHING, live)
  return { live, draft, steps: plan.steps }
}

/** One mount, which runs v1.0.0, and a file with these versions. */
function planFor(versions: readonly ReturnType<typeof desiredVersion>[], use: string): Right {
  const [id, old] = [plugin(KV), version('v1.0.0')]
  const live = liveState({
    catalog: [catalogEntry(id, old)],
    mounts: [liveMount(mountPath('a/'), { plugin: id, version: old, nodes: NODES })],
  })
  const desired = desiredState({ plugins: [desiredPlugin(KV, { use, versions })] })
  const { draft, plan } = judgedPlan(desired, live)
  return { live, draft, steps: plan.steps }
}
