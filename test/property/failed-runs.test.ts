/**
 * A run in which something goes wrong on one node, at any moment: a program's file is not there, or
 * is another one. Either the failed group is rolled back whole, or the end says why it is not.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { writeOf } from '../../src/documents/writes-of.ts'
import type { LiveState } from '../../src/domain/live.ts'
import {
  type MountPath,
  type NodeAddress,
  ROOT_NAMESPACE,
  type Sha256,
  UNVERSIONED,
  type Version,
} from '../../src/domain/names.ts'
import { requestOf } from '../../src/server/requests.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import { mountPath, version } from '../builders/live.ts'
import { desiredPlugin, desiredVersion } from '../builders/safety-input.ts'
import { desiredState } from '../drift/desired-state.ts'
import type { Deed } from './deeds.ts'
import { applyOn, makeTwin, observeTwin, planOn } from './drive-twin.ts'
import { scenarios } from './generators.ts'
import { MADE_UP, usualBinary } from './palette.ts'
import { bySize, samples } from '../size.ts'

interface Sabotage {
  /** Numbers go around. */
  readonly node: number
  readonly program: number
  /** Before which of the run's requests. */
  readonly write: number
  readonly how: 'missing' | 'changed'
}

const sabotages: fc.Arbitrary<Sabotage> = fc.record({
  node: fc.nat(4),
  program: fc.nat(9),
  write: fc.nat(9),
  how: fc.constantFrom('missing', 'changed'),
})

const KV = MADE_UP.plugins.find(({ id }) => id === 'secret/my-kv')!
const OTHER = 'f'.repeat(64) as Sha256

it('rolls back what failed, or says why not', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ stops: false }), sabotages, async (scenario, sabotage) => {
      const twin = makeTwin(scenario.story)
      const { plan, blocked } = await planOn(twin, scenario.desired)
      const programs = programsOf(plan)
      fc.pre(!blocked && programs.length > 0)
      const before = await observeTwin(twin)
      const place = placeOf(twin, programs, sabotage)
      let [isSpoiled, isReloaded] = [false, false]
      const { outcome, writes } = await applyOn(twin, plan, {
        beforeWrite: (number, request, node) => {
          const isMoment = number === sabotage.write % plan.steps.length
          if (isMoment) spoil(twin, place, sabotage.how)
          isSpoiled ||= isMoment
          isReloaded ||= !isSpoiled && node === place.node && request.path.includes('reload')
        },
      })

      const after = await observeTwin(twin)
      expect(accessorsOf(after)).toMatchObject(accessorsOf(before))
      // No plan that starts an unchecked file without a rollback gets here. A file that is spoiled
      // under mounts that run it takes them down when their shared process is next replaced.
      if (!runsFrom(before, plan, place) && !isReloaded)
        expect(answering(after)).toEqual(expect.arrayContaining(answering(before)))
      // What takes a step back is in the plan too.
      const planned = plan.steps.flatMap((step) => [...writeOf(step), ...step.undo])
      const known = new Set(planned.map((action) => JSON.stringify(requestOf(action))))
      expect(writes.filter((write) => !known.has(JSON.stringify(write)))).toEqual([])
      switch (outcome.kind) {
        case 'done':
          return
        case 'stale':
          // The active node itself lacks the file by now, and so cannot read the entry any more.
          expect(outcome.mismatches.map(({ field }) => field)).toContain('readable')
          return
        case 'rollback_failed':
          expect(outcome.problems.reason).not.toBe('')
          // A mount that was not reloaded and is down may have nothing to go back to: a cause names it.
          expect([
            ...[...outcome.not_rolled_back, ...outcome.mounts_not_rolled_back],
            ...outcome.problems.causes,
          ]).not.toEqual([])
          return
        case 'rolled_back': {
          const touched = mountsOf(plan, outcome.rolled_back)
          expect(Object.keys(runningIn(after, touched))).toEqual(
            expect.arrayContaining(Object.keys(runningIn(before, touched))),
          )
          const settled = new Set([...touched].filter((path) => isSettled(before, path)))
          expect(runningIn(after, settled)).toMatchObject(runningIn(before, settled))
          return
        }
        case 'stopped': {
          // Every node is up: only what one of them sees can stand in the way of a first request.
          expect(['node-behind', 'binary-missing']).toContain(outcome.error.code)
          const group = plan.steps.find(({ id }) => id === outcome.remaining[0])?.group
          const begun = plan.steps.filter((step) => step.group === group)
          expect(outcome.done).not.toContain(begun[0]?.id)
          return
        }
        case 'interrupted':
          // Nobody asked to stop.
          expect.fail(JSON.stringify(outcome))
      }
    }),
    { ...samples(bySize({ few: 150, many: 600 })), maxSkipsPerRun: 20 },
  )
})

it.each([
  { to: 'a new version', target: 'v2.0.0', args: [] },
  { to: 'other arguments of that version', target: 'v1.1.0', args: ['-log=json'] },
])('rolls back to what a mount ran before a tune by hand: $to', async ({ target, args }) => {
  const mount = { path: mountPath('a/'), namespace: ROOT_NAMESPACE }
  const [old, middle] = ['v1.0.0', 'v1.1.0'].map(version)
  const register = (of: Version): Deed => ({
    do: 'register',
    plugin: KV.id,
    version: of,
    binary: usualBinary(KV, of),
    args: [],
  })
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [
      register(old!),
      register(middle!),
      { do: 'enable', mount, plugin: KV.id, version: old! },
      { do: 'tune', mount, version: middle! },
    ],
  })
  const file = desiredVersion(KV.id, target, { ...usualBinary(KV, version(target)), args })
  const desired = desiredState({
    plugins: [desiredPlugin(KV.id, { use: target, versions: [file] })],
  })
  const { plan } = await planOn(twin, desired)

  const { outcome } = await applyOn(twin, plan, {
    beforeWrite: (number) => {
      if (number === 2) twin.putFile(twin.active()!, file.command, { sha256: OTHER })
    },
  })

  expect(outcome.kind).toBe('rolled_back')
  const { mounts } = await observeTwin(twin)
  const { sha256 } = usualBinary(KV, old!)
  const views = mounts.find(({ path }) => path === mount.path)!.nodes
  expect(views.map(({ answers, running_sha256 }) => ({ answers, running_sha256 }))).toEqual(
    views.map(() => ({ answers: 'yes', running_sha256: sha256 })),
  )
})

it('rolls back to no version that the plan gives another binary', async () => {
  const old = version('v1.0.0')
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [
      { do: 'register', plugin: KV.id, version: old, binary: usualBinary(KV, old), args: [] },
      {
        do: 'enable',
        mount: { path: mountPath('a/'), namespace: ROOT_NAMESPACE },
        plugin: KV.id,
        version: old,
      },
    ],
  })
  const versions = [
    desiredVersion(KV.id, 'v1.0.0', { command: 'another', sha256: OTHER }),
    desiredVersion(KV.id, 'v1.1.0', usualBinary(KV, version('v1.1.0'))),
  ]
  const desired = desiredState({ plugins: [desiredPlugin(KV.id, { use: 'v1.1.0', versions })] })

  const { plan } = await planOn(twin, desired)

  const reloads = plan.steps.filter(({ action }) => action.kind === 'reload')
  expect(
    reloads.flatMap(({ restores }) => restores.filter(({ fact }) => fact === 'running')),
  ).toEqual([])
  expect(plan.findings.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(
    expect.arrayContaining(['no-rollback warning', 'unchecked-without-rollback error']),
  )
})

it('goes back to the older arguments of a version that mounts run, on every node', async () => {
  const mount = { path: mountPath('a/'), namespace: ROOT_NAMESPACE }
  const of = version('v1.0.0')
  const binary = usualBinary(KV, of)
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [
      { do: 'register', plugin: KV.id, version: of, binary, args: ['--old'] },
      { do: 'enable', mount, plugin: KV.id, version: of },
    ],
  })
  const changed = { command: 'another', sha256: binary.sha256, args: ['--no-such-flag'] }
  for (const node of twin.nodes()) twin.putFile(node, changed.command, { sha256: binary.sha256 })
  const file = desiredVersion(KV.id, of, changed)
  const { plan } = await planOn(
    twin,
    desiredState({ plugins: [desiredPlugin(KV.id, { use: of, versions: [file] })] }),
  )

  const { outcome } = await applyOn(twin, plan, {
    beforeWrite: (number) => {
      if (number === 3) twin.putFile(twin.active()!, changed.command, { sha256: OTHER })
    },
  })

  expect(plan.steps.map(({ action }) => action.kind)).toEqual([
    ...['register', 'reload', 'reload', 'reload'],
  ])
  expect(plan.findings.filter(({ rule }) => rule === 'no-rollback')).toEqual([])
  expect(outcome).toMatchObject({
    kind: 'rolled_back',
    rolled_back: plan.steps.map(({ id }) => id),
  })
  const { catalog, mounts } = await observeTwin(twin)
  expect(catalog.find(({ version }) => version === of)).toMatchObject({
    ...binary,
    args: ['--old'],
  })
  const views = mounts.find(({ path }) => path === mount.path)!.nodes
  expect(views.map(({ answers }) => answers)).toEqual(['yes', 'yes', 'yes'])
})

it('retires a version whose file is gone, which OpenBao cannot read', async () => {
  const [old, used] = ['v1.0.0', 'v1.1.0'].map(version)
  const register = (of: Version): Deed => ({
    do: 'register',
    plugin: KV.id,
    version: of,
    binary: usualBinary(KV, of),
    args: [],
  })
  const mount = { path: mountPath('a/'), namespace: ROOT_NAMESPACE }
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [
      register(old!),
      register(used!),
      { do: 'enable', mount, plugin: KV.id, version: used! },
    ],
  })
  for (const node of twin.nodes()) twin.removeFile(node, usualBinary(KV, old!).command)
  const desired = desiredState({ plugins: [desiredPlugin(KV.id, { retire: ['v1.0.0'] })] })
  const { plan, blocked } = await planOn(twin, desired)

  const { outcome } = await applyOn(twin, plan)

  expect(blocked).toBe(false)
  expect(outcome).toMatchObject({ kind: 'done', done: [`deregister ${KV.id} v1.0.0`] })
  expect((await planOn(twin, desired)).plan.steps).toEqual([])
})

/** The programs that the plan's entries are registered with. */
function programsOf(plan: Plan): string[] {
  return [...new Set(entriesOf(plan).map(({ command }) => command))].sort()
}

function entriesOf({ steps }: Plan) {
  return steps.flatMap(({ requires, ensures }) =>
    [...requires, ...ensures].flatMap((fact) =>
      fact.fact === 'entry' && fact.entry !== null ? fact.entry : [],
    ),
  )
}

function spoil(twin: Twin, { node, command }: PluginFilePlace, how: Sabotage['how']): void {
  if (how === 'missing') twin.removeFile(node, command)
  else twin.putFile(node, command, { sha256: OTHER })
}

interface PluginFilePlace {
  readonly node: NodeAddress
  readonly command: string
}

function placeOf(
  twin: Twin,
  programs: readonly string[],
  { node, program }: Sabotage,
): PluginFilePlace {
  const nodes = twin.nodes()
  return { node: nodes[node % nodes.length]!, command: programs[program % programs.length]! }
}

/** Whether a mount of the node runs an entry of this file: a rollback may start the file again. */
function runsFrom(
  { catalog, mounts }: LiveState,
  plan: Plan,
  { node, command }: PluginFilePlace,
): boolean {
  // An entry that was deregistered by hand is in the plan, if it is registered again.
  const hashes = new Set<string>(
    [...catalog, ...entriesOf(plan)].flatMap((entry) =>
      entry.command === command ? [entry.sha256] : [],
    ),
  )
  return mounts.some(({ nodes }) =>
    nodes.some((view) => view.node === node && hashes.has(view.running_sha256)),
  )
}

function answering({ mounts }: LiveState): string[] {
  return mounts.flatMap(({ path, nodes }) =>
    nodes.flatMap(({ node, answers }) => (answers === 'yes' ? [`${path} on ${node}`] : [])),
  )
}

function mountsOf({ steps }: Plan, ids: readonly string[]): ReadonlySet<MountPath> {
  return new Set(
    steps.flatMap(({ id, action }) => {
      if (!ids.includes(id)) return []
      return action.kind === 'reload' ? action.mounts : action.kind === 'tune' ? action.mount : []
    }),
  )
}

/** Runs everywhere what is registered under its version: else there is no one state to go back to. */
function isSettled({ mounts, catalog, pins }: LiveState, path: MountPath): boolean {
  const mount = mounts.find((one) => one.path === path)
  if (mount === undefined) return false
  const { plugin, configured_version, nodes } = mount
  const version = pins.find((pin) => pin.plugin === plugin)?.version ?? configured_version
  const entries = catalog.filter((entry) => entry.plugin === plugin)
  const entry =
    entries.find((one) => one.version === version) ??
    (version === UNVERSIONED ? entries.find(({ builtin }) => builtin) : undefined)
  return nodes.every(({ running_sha256 }) => running_sha256 === entry?.sha256)
}

/** What ran on each node, of the mounts that answered there. */
function runningIn({ mounts }: LiveState, of: ReadonlySet<MountPath>) {
  return Object.fromEntries(
    mounts.flatMap(({ path, nodes }) =>
      nodes.flatMap(({ node, running_sha256, answers }) =>
        of.has(path) && answers === 'yes' ? [[`${path} on ${node}`, running_sha256]] : [],
      ),
    ),
  )
}

function accessorsOf({ mounts }: LiveState) {
  return Object.fromEntries(mounts.map(({ path, accessor }) => [path, accessor]))
}
