import { expect, it } from 'vitest'
import {
  catalogEntry,
  liveMount,
  liveNode,
  liveState,
  mountPath,
  plugin,
  version,
} from '../../../test/builders/live.ts'
import { desiredPlugin, desiredVersion, safetyInput } from '../../../test/builders/safety-input.ts'
import type { Step } from '../../documents/plan.generated.ts'
import { ROOT_NAMESPACE } from '../../domain/names.ts'
import { findDesiredEnd } from '../../plan/desired-end.ts'
import { keepOneOfAlike } from './alike-mounts.ts'

const KV = plugin('secret/my-kv')
const V1 = version('v1.0.0')
const NODES = [liveNode(1), liveNode(2)]
const LIVE = liveState({
  nodes: NODES,
  catalog: [catalogEntry(KV, V1)],
  mounts: ['a/', 'b/', 'c/'].map((path) =>
    liveMount(mountPath(path), { plugin: KV, version: V1, nodes: NODES }),
  ),
})

/** The mounts that are kept of an upgrade of `a/`, `b/` and `c/`, whose steps were changed. */
function kept(change: (steps: readonly Step[]) => readonly Step[] = (steps) => steps, live = LIVE) {
  const desired = {
    plugins: [
      desiredPlugin(KV, {
        use: 'v2.0.0',
        versions: [V1, 'v2.0.0'].map((one) => desiredVersion(KV, one)),
      }),
    ],
  }
  const { draft } = safetyInput({ live, desired })
  const desiredEnd = findDesiredEnd(draft, live)
  const { live: few, steps } = keepOneOfAlike({ live, steps: change(draft.steps), desiredEnd })
  return { mounts: few.mounts.map(({ path }) => path), steps }
}

it('keeps the first of alike mounts, and the steps that touch it', () => {
  const { mounts, steps } = kept()

  expect(mounts).toEqual(['a/'])
  expect(steps.map(({ action }) => action)).toMatchObject([
    { kind: 'register' },
    { kind: 'tune', mount: 'a/' },
    { kind: 'reload', mounts: ['a/'] },
    { kind: 'reload', mounts: ['a/'] },
  ])
})

it('keeps a mount that runs something else on one node', () => {
  const [a, b, c] = LIVE.mounts
  const down = b!.nodes.map((view, at) => (at === 1 ? { ...view, answers: 'no' as const } : view))

  expect(kept(undefined, { ...LIVE, mounts: [a!, { ...b!, nodes: down }, c!] }).mounts).toEqual([
    'a/',
    'b/',
  ])
})

it.each<[string, (steps: readonly Step[]) => readonly Step[]]>([
  ['is not tuned', (steps) => steps.filter(({ id }) => id !== 'tune b/')],
  ['is tuned after a reload', (steps) => last(steps, 'tune b/')],
  [
    'is tuned to another version',
    (steps) =>
      steps.map((step) =>
        step.id === 'tune b/' && step.action.kind === 'tune'
          ? { ...step, action: { ...step.action, version: V1 } }
          : step,
      ),
  ],
  [
    'is not reloaded on one node',
    (steps) =>
      steps.map((step, at) =>
        at === steps.length - 1 && step.action.kind === 'reload'
          ? { ...step, action: { ...step.action, mounts: [mountPath('a/'), mountPath('c/')] } }
          : step,
      ),
  ],
  [
    'is made again',
    (steps) => [
      ...steps,
      {
        ...steps[0]!,
        action: {
          kind: 'enable',
          mount: mountPath('b/'),
          namespace: ROOT_NAMESPACE,
          plugin: KV,
          version: V1,
        },
      },
    ],
  ],
])('keeps a mount that %s', (_, change) => {
  expect(kept(change).mounts).toEqual(['a/', 'b/'])
})

it('keeps every mount of a reload that names them in another order than the cluster', () => {
  const { mounts } = kept((steps) =>
    steps.map((step) =>
      step.action.kind === 'reload'
        ? { ...step, action: { ...step.action, mounts: step.action.mounts.toReversed() } }
        : step,
    ),
  )

  expect(mounts).toEqual(['a/', 'b/', 'c/'])
})

function last(steps: readonly Step[], id: string): Step[] {
  return [...steps.filter((step) => step.id !== id), ...steps.filter((step) => step.id === id)]
}
