/** What holds of every plan that was applied to its end, on whatever cluster and for whatever file. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { DesiredState } from '../../src/domain/desired.ts'
import type { LiveState } from '../../src/domain/live.ts'
import { compareText, HASH_NOT_REPORTED, ROOT_NAMESPACE } from '../../src/domain/names.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import { findDrift } from '../../src/drift/find-drift.ts'
import { writeOf } from '../../src/documents/writes-of.ts'
import { requestOf } from '../../src/server/requests.ts'
import {
  type Applied,
  applyOn,
  type Judged,
  makeTwin,
  observeTwin,
  planOn,
  TODAY,
} from './drive-twin.ts'
import { type Scenario, scenarios } from './generators.ts'
import { LOCK_MOUNT } from './palette.ts'
import { bySize, samples } from '../size.ts'

interface Told extends Judged, Applied {
  readonly desired: DesiredState
  /** All there was to see before, and is now. */
  readonly seen: { readonly before: LiveState; readonly after: LiveState }
  /** Planned once more. */
  readonly again: Judged
  /** What the lock of the cluster holds at the end. */
  readonly lock: unknown
}

/** With a lock of the cluster, and a check of the nodes' files. */
function guarded(desired: DesiredState): DesiredState {
  const source = { file: 'lockstep.yaml', line: 1, column: 1 }
  const lock = { kv: `${LOCK_MOUNT}lockstep`, source }
  const binaryCheck = { command: ['sha256sum', '{command}'], source }
  return { ...desired, cluster: { ...desired.cluster, lock, binaryCheck } }
}

/** Plans and applies; a blocked plan is none that may be applied, and an empty one changes nothing. */
async function play({ story, desired: unguarded }: Scenario): Promise<Told> {
  const twin = makeTwin(story)
  const desired = guarded(unguarded)
  const judged = await planOn(twin, desired)
  fc.pre(!judged.blocked && judged.plan.steps.length > 0)
  const before = await observeTwin(twin)
  const applied = await applyOn(twin, judged.plan)
  const seen = { before, after: await observeTwin(twin) }
  const lock = readLock(twin)
  const { live, draft, plan, blocked } = judged
  const again = await planOn(twin, desired)
  return { live, draft, plan, blocked, ...applied, desired, seen, again, lock }
}

function readLock(twin: Twin): unknown {
  const { body } = twin.send(twin.active()!, {
    method: 'GET',
    path: `${LOCK_MOUNT}data/lockstep`,
    namespace: ROOT_NAMESPACE,
    forwarding: true,
  })
  return (body as { data: { data: unknown } }).data.data
}

/** What drift says of the configuration of a mount or connection, and not of what it runs. */
const CONFIGURED = new Set<string>([
  'version-differs',
  'not-registered',
  'connection-differs',
  'not-overridden',
  'overridden',
])

/** Each looks at one side of the same run: a run costs more than a look. */
const LAWS: readonly ((told: Told) => void)[] = [
  function carriesOutEveryStep({ plan, outcome }) {
    expect(outcome).toMatchObject({ kind: 'done', done: plan.steps.map(({ id }) => id) })
    expect(outcome).not.toHaveProperty('unconfirmed')
  },
  function releasesTheLockOfTheCluster({ lock, journal }) {
    expect(lock).toMatchObject({ run: journal[0]?.run, released: true })
  },
  function leavesNothingToPlan({ again }) {
    expect(again.plan.steps).toEqual([])
    // An override hides whether its name is a builtin's: once it is gone, that shows.
    const errors = again.plan.findings.filter(
      ({ severity, allowed, rule }) =>
        severity === 'error' && allowed === undefined && rule !== 'builtin-overridden',
    )
    expect(errors).toEqual([])
  },
  function keepsEveryMountUnderItsAccessor({ seen }) {
    const now = new Map(seen.after.mounts.map((mount) => [mount.path, mount]))
    for (const { path, accessor, plugin } of seen.before.mounts) {
      expect(now.get(path)).toMatchObject({ accessor, plugin })
    }
  },
  function makesNoMountButThoseToBeEnabled({ seen, desired }) {
    const enabled = new Set(desired.mounts.flatMap(({ path, enable }) => (enable ? path : [])))
    const before = new Set(seen.before.mounts.map(({ path }) => path))
    const made = seen.after.mounts.filter(({ path }) => !before.has(path))
    expect(made.filter(({ path }) => !enabled.has(path))).toEqual([])
  },
  function leavesAloneWhatTheFileDoesNotName({ seen, desired }) {
    expect(unnamed(seen.after, desired)).toEqual(unnamed(seen.before, desired))
  },
  function takesNoMountDown({ seen }) {
    expect(downIn(seen.after).filter((view) => !downIn(seen.before).includes(view))).toEqual([])
  },
  function sendsTheRequestsOfItsStepsAndNoOther({ plan, writes, journal }) {
    const started = new Set(
      journal.flatMap((line) => (line.event === 'step_started' ? line.step : [])),
    )
    const steps = plan.steps.filter(({ id }) => started.has(id))
    const requests = steps.flatMap(writeOf).map((action) => requestOf(action))
    // Those of steps beside each other go in any order.
    expect(sorted(writes)).toEqual(sorted(requests))
  },
  function beginsNoStepBeforeWhatItComesAfter({ plan, journal }) {
    const done = new Set<string>()
    const after = new Map(plan.steps.map((step) => [step.id, step.after]))
    for (const line of journal) {
      if (line.event === 'step_done') done.add(line.step)
      if (line.event !== 'step_started') continue
      expect(
        after.get(line.step)?.filter((id) => !done.has(id)),
        line.step,
      ).toEqual([])
    }
  },
  function leavesNoDriftInWhatItWasToMove({ desired, again }) {
    const { differences, unreadable } = findDrift(desired, again.live, {
      today: TODAY,
      apply: 'lockstep apply',
    })
    const pinned = new Set(again.live.pins.map(({ plugin }) => plugin))
    const uses = new Set(usesSaid(again.live, desired))
    const moved = differences.filter(({ class: kind, subject, mount, plugin }) => {
      // The pin decides what runs; what a mount itself is configured for stays as it is.
      const isPlace = mount !== undefined || subject.includes('/config/')
      if (plugin !== undefined && pinned.has(plugin) && CONFIGURED.has(kind) && isPlace)
        return false
      // A connection that is to use a builtin that there is not: no plan can help it.
      if (kind === 'not-registered' && subject.includes('/config/')) return false
      // What has no `use` is left as it is; an entry that was replaced under it shows as pending.
      return !isPlace || uses.has(mount ?? subject)
    })
    // What the servers’ configuration declares without a hash stays unknown, whatever is applied.
    const unread = unreadable.filter(({ found }) => !found.includes(HASH_NOT_REPORTED))
    expect([...moved, ...unread]).toEqual([])
  },
]

it('keeps every law in every run', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), async (scenario) => {
      const told = await play(scenario)
      for (const law of LAWS) law(told)
    }),
    { ...samples(bySize({ few: 200, many: 700 })) },
  )
})

function sorted(requests: readonly object[]): string[] {
  return requests.map((request) => JSON.stringify(request)).sort(compareText)
}

/** The part of a cluster that a file says nothing about. */
function unnamed(live: LiveState, desired: DesiredState) {
  const { catalog, mounts, connections, pins } = live
  const plugins = new Map(desired.plugins.map((plugin) => [plugin.id, plugin]))
  const uses = new Set(usesSaid(live, desired))
  const enabled = new Set(desired.mounts.flatMap(({ path, enable }) => (enable ? path : [])))
  return {
    catalog: catalog.filter(({ plugin: id, version, builtin }) => {
      const plugin = plugins.get(id)
      if (plugin === undefined) return true
      const named = [...plugin.versions, ...plugin.retire]
      // What an unversioned entry hides, and shows again, is no entry of anybody's.
      return !builtin && named.every((one) => one.version !== version)
    }),
    mounts: mounts
      .filter(({ path }) => !uses.has(path) && !enabled.has(path))
      // A process that was lost starts by itself once its entry is registered again.
      .map(({ nodes, ...mount }) => ({
        ...mount,
        nodes: nodes.map(({ answers: _answers, detail: _detail, ...view }) => view),
      })),
    connections: connections.filter(({ path }) => !uses.has(path)),
    pins,
  }
}

/** The mounts and connections of which the file says what they are to use. */
function usesSaid({ mounts, connections }: LiveState, desired: DesiredState): string[] {
  const own = new Map<string, unknown>(
    [...desired.mounts, ...desired.connections].map(({ path, use }) => [path, use]),
  )
  const common = new Map(desired.plugins.map(({ id, use }) => [id, use]))
  return [...mounts, ...connections].flatMap(({ path, plugin }) =>
    (own.get(path) ?? common.get(plugin)) === undefined ? [] : path,
  )
}

function downIn({ mounts }: LiveState): string[] {
  return mounts.flatMap(({ path, nodes }) =>
    nodes.flatMap(({ node, answers }) => (answers === 'no' ? `${path} on ${node}` : [])),
  )
}
