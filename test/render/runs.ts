/** Journals of runs, with their times, made by hand from a plan: a page must not depend on apply. */
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import type { Plan, Step } from '../../src/documents/plan.generated.ts'
import { plugin, sha256Of } from '../builders/live.ts'
import { NODES, OLD, upgrade, upgraded } from './reviewed-plans.ts'

const KV = plugin('secret/my-kv')
const RUN = '2026-05-01T10-00-00-000Z-3f9a2c'
const BEGIN = Date.parse('2026-05-01T10:00:00.000Z')

/** Milliseconds that a step takes, by what it does. */
const LENGTHS = { register: 690, tune: 20, reload: 340, deregister: 90 } as const

class Clock {
  #now = BEGIN

  at(milliseconds: number): string {
    this.#now += milliseconds
    return new Date(this.#now).toISOString()
  }
}

function started(plan: Plan, at: string): JournalEvent {
  const mounts = [
    ...new Set(plan.changes.flatMap((one) => (one.kind === 'mount' ? one.subject : []))),
  ]
  return {
    event: 'run_started',
    format: 1,
    at,
    run: RUN,
    plan_id: plan.plan_id,
    saved_plan_id: plan.plan_id,
    cluster: { id: plan.cluster.id, name: plan.cluster.name, lock: 'secret/lockstep' },
    steps: plan.steps.length,
    by: 'ops@runner-7 pid 4711',
    before: {
      entries: [
        {
          plugin: KV,
          version: OLD,
          entry: { command: 'my-kv_0.16.2', sha256: sha256Of(KV, OLD), args: [] },
        },
      ],
      mounts: mounts.map((mount) => ({
        mount: mount as never,
        namespace: '' as never,
        plugin: KV,
        version: OLD,
        running: NODES.map(({ address }) => ({ node: address, sha256: sha256Of(KV, OLD) })),
      })),
      connections: [],
    },
  }
}

function stepEvents(plan: Plan, number: number, clock: Clock): [JournalEvent, JournalEvent] {
  const step = plan.steps[number - 1]!
  const { action, id, undo, restores } = step
  const common = { run: RUN, step: id }
  return [
    {
      ...common,
      ...{ event: 'step_started', at: clock.at(15), number, of: plan.steps.length },
      ...{ action, undo, restores },
    },
    {
      ...common,
      ...{ event: 'step_done', at: clock.at(lengthOf(step)), outcome: 'done' },
      ...(action.kind === 'reload' && {
        passed: {
          running: action.mounts.map((mount) => ({
            fact: 'running' as const,
            mount,
            namespace: action.namespace,
            node: action.node,
            sha256: sha256Of(KV, upgrade.to),
            version: upgrade.to,
          })),
          verify: [],
        },
      }),
    },
  ]
}

function lengthOf({ action }: Step): number {
  return action.kind in LENGTHS ? LENGTHS[action.kind as keyof typeof LENGTHS] : 100
}

/** Every step done. */
export function finishedRun(plan: Plan = upgraded): JournalEvent[] {
  const clock = new Clock()
  const first = started(plan, clock.at(0))
  const done = plan.steps.flatMap((_, at) => stepEvents(plan, at + 1, clock))
  return [
    first,
    ...done,
    {
      ...{ event: 'run_ended', at: clock.at(180), run: RUN, outcome: 'done' },
      ...{ done: plan.steps.map(({ id }) => id), rolled_back: [], remaining: [] },
    },
  ]
}

/** The reload of the second node fails; the cluster moves once; its group is rolled back. */
export function failedRun(plan: Plan = upgraded): JournalEvent[] {
  const clock = new Clock()
  const first = started(plan, clock.at(0))
  const at = plan.steps.findIndex(
    ({ action }) => action.kind === 'reload' && action.node === NODES[2]!.address,
  )
  const failing = plan.steps[at]!
  const touched = plan.steps.slice(1, at + 1).filter(({ action }) => action.kind !== 'register')
  const reason = `${NODES[2]!.address}: HTTP 400 cannot reload plugin on "team-001/": checksums did not match`
  const done = plan.steps.slice(0, at).flatMap((_, index) => stepEvents(plan, index + 1, clock))
  const waiting: JournalEvent = {
    event: 'run_waiting',
    at: clock.at(5),
    run: RUN,
    reason: 'the cluster has no active node: waiting up to 60 s',
  }
  const [begun] = stepEvents(plan, at + 1, clock)
  const failed: JournalEvent = {
    ...{ event: 'step_failed', at: clock.at(10), run: RUN, step: failing.id, reason },
  }
  const undone = touched.toReversed().flatMap(({ id, undo }) =>
    undo.flatMap((action): JournalEvent[] => [
      { event: 'undo_started', at: clock.at(12), run: RUN, step: id, action },
      { event: 'undo_done', at: clock.at(120), run: RUN, step: id },
    ]),
  )
  return [
    first,
    ...done,
    waiting,
    begun,
    failed,
    ...undone,
    {
      event: 'run_ended',
      at: clock.at(40),
      run: RUN,
      outcome: 'rolled_back',
      done: [plan.steps[0]!.id],
      failed: failing.id,
      rolled_back: touched.map(({ id }) => id),
      remaining: plan.steps.slice(at + 1).map(({ id }) => id),
      reason,
    },
  ]
}

export const RUN_NAME = RUN
