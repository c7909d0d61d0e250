/** Runs on the twin with several steps under way at the same time, and how they end. */
import { expect, it } from 'vitest'
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import type { RunOutcome } from '../../src/documents/run-outcome.ts'
import { ROOT_NAMESPACE } from '../../src/domain/names.ts'
import type { FreshPlan } from '../../src/plan/make-plan.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import { mountPath, version } from '../builders/live.ts'
import { desiredPlugin, desiredVersion } from '../builders/safety-input.ts'
import { desiredState } from '../drift/desired-state.ts'
import type { Deed } from '../property/deeds.ts'
import { applyOn, makeTwin, observeTwin, planOn } from '../property/drive-twin.ts'
import { MADE_UP, usualBinary } from '../property/palette.ts'

const KV = MADE_UP.plugins.find(({ id }) => id === 'secret/my-kv')!
const MOUNTS = ['a/', 'b/', 'c/', 'd/', 'e/', 'f/']
const REFUSED = { status: 500, body: { errors: ['disk full'] } }

it.each([1, 2, 4])('carries out at most %i at the same time', async (parallelism) => {
  const { twin, plan } = await upgrade()
  const journal: JournalEvent[] = []

  const { outcome } = await applyOn(twin, plan, {
    parallelism,
    recorded: (event) => void journal.push(event),
  })

  expect(outcome.kind).toBe('done')
  expect(mostUnderWay(journal)).toBe(parallelism)
  expect(journal.filter(({ event }) => event === 'step_done')).toHaveLength(plan.steps.length)
  expect(await configured(twin)).toEqual(MOUNTS.map(() => 'v2.0.0'))
})

it('lets what is under way finish when a step fails, begins nothing else, and rolls all back', async () => {
  const { twin, plan } = await upgrade()
  const journal: JournalEvent[] = []

  const { outcome } = await applyOn(twin, plan, {
    around: (_node, { path, method }, pass) =>
      path === 'sys/mounts/b/tune' && method === 'POST' ? REFUSED : pass(),
    recorded: (event) => void journal.push(event),
  })

  expect(outcome).toMatchObject({ kind: 'rolled_back', step: 'tune b/' })
  const begun = namesOf(journal, 'step_started')
  const ended = [...namesOf(journal, 'step_done'), ...namesOf(journal, 'step_failed')]
  expect(ended.sort()).toEqual([...begun].sort())
  expect(begun).not.toContain('tune f/')
  // Everything that was tuned beside it, and that it was seen to be tuned.
  const tuned = begun.filter((id) => id.startsWith('tune') && id !== 'tune b/')
  expect(tuned.length).toBeGreaterThan(1)
  expect(outcome.kind === 'rolled_back' && outcome.rolled_back).toEqual(
    expect.arrayContaining(tuned),
  )
  expect(await configured(twin)).toEqual(MOUNTS.map(() => 'v1.0.0'))
  expectEachOnce(outcome, plan)
})

it('rolls back each group of which a step failed at the same time', async () => {
  const { twin, plan } = await registerTwo()

  const { outcome } = await applyOn(twin, plan, {
    around: (_node, { path, method }, pass) =>
      path.startsWith('sys/plugins/catalog/') && method === 'POST' ? REFUSED : pass(),
  })

  expect(outcome).toMatchObject({ kind: 'rolled_back', step: plan.steps[0]!.id, done: [] })
  expect(outcome.kind === 'rolled_back' && outcome.failure.reason).toMatch(/disk full.*disk full/)
  expectEachOnce(outcome, plan)
})

it('keeps what was done of a group beside the one that failed', async () => {
  const { twin, plan } = await registerTwo()
  const [first, second] = plan.steps

  const { outcome } = await applyOn(twin, plan, {
    around: (_node, { path, method, body }, pass) => {
      const isFirst = JSON.stringify(body ?? '').includes('v2.0.0') && path.endsWith('my-kv')
      return method === 'POST' && isFirst ? REFUSED : pass()
    },
  })

  expect(outcome).toMatchObject({ kind: 'rolled_back', step: first!.id, done: [second!.id] })
  expectEachOnce(outcome, plan)
})

it('begins nothing more once it is told to stop, and finishes what is under way', async () => {
  const { twin, plan } = await upgrade()
  const journal: JournalEvent[] = []
  let stop: () => void = () => undefined

  const { outcome } = await applyOn(twin, plan, {
    recorded: (event) => {
      journal.push(event)
      if (event.event === 'step_started' && event.step === 'tune c/') stop()
    },
    onStart: (run) => {
      stop = run.stop
      return () => undefined
    },
  })

  expect(outcome).toMatchObject({ kind: 'interrupted', unchecked: [] })
  expect(namesOf(journal, 'step_done').sort()).toEqual(namesOf(journal, 'step_started').sort())
  expect(namesOf(journal, 'step_done')).toContain('tune c/')
  expect(outcome.kind === 'interrupted' && outcome.remaining).toContain('tune f/')
  expectEachOnce(outcome, plan)
})

it('releases the lock of the machine if onStart throws', async () => {
  const { twin, plan } = await upgrade()
  const onStart = (): never => {
    throw new Error('broken onStart')
  }

  await expect(applyOn(twin, plan, { onStart })).rejects.toThrow('broken onStart')
})

it('goes on one step at a time when a server limits requests, and says so once', async () => {
  const { twin, plan } = await upgrade()
  const journal: JournalEvent[] = []
  let refused = 0

  const { outcome } = await applyOn(twin, plan, {
    recorded: (event) => void journal.push(event),
    around: (_node, { path }, pass) => {
      if (!path.startsWith('sys/plugins/catalog/') || journal.length === 0) return pass()
      return (refused += 1) === 1 ? { status: 429, body: { errors: [] } } : pass()
    },
    patience: { limit: 0, random: () => 0.5, now: () => 0 },
  })

  expect(outcome.kind).toBe('done')
  expect(refused).toBeGreaterThan(1)
  expect(mostUnderWay(journal)).toBe(1)
  const told = journal.flatMap((event) => (event.event === 'run_waiting' ? event.reason : []))
  expect(told).toEqual([
    'a server limits requests or is busy: the steps go one at a time from here on',
  ])
})

/** Six mounts from v1.0.0 to v2.0.0. */
async function upgrade(): Promise<{ twin: Twin; plan: FreshPlan }> {
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [registered('v1.0.0'), ...MOUNTS.map(enabled)],
  })
  const versions = ['v1.0.0', 'v2.0.0'].map(versionOf)
  const desired = desiredState({ plugins: [desiredPlugin(KV.id, { use: 'v2.0.0', versions })] })
  const { plan } = await planOn(twin, desired)
  return { twin, plan }
}

/** One new version of each of two plugins. */
async function registerTwo(): Promise<{ twin: Twin; plan: FreshPlan }> {
  const twin = makeTwin({ product: 'openbao', nodes: 3, deeds: [] })
  const other = MADE_UP.plugins.find(({ id }) => id === 'database/redis')!
  const of = usualBinary(other, version('v1.0.0'))
  const plugins = [
    desiredPlugin(KV.id, { versions: [versionOf('v2.0.0')] }),
    desiredPlugin(other.id, { versions: [desiredVersion(other.id, 'v1.0.0', of)] }),
  ]
  const { plan } = await planOn(twin, desiredState({ plugins }))
  const mine = plan.steps.filter(({ action }) => 'plugin' in action && action.plugin === KV.id)
  expect(plan.steps).toHaveLength(2)
  expect(mine).toHaveLength(1)
  const steps = [...mine, ...plan.steps.filter((step) => !mine.includes(step))]
  return { twin, plan: { ...plan, steps } }
}

function versionOf(of: string) {
  return desiredVersion(KV.id, of, usualBinary(KV, version(of)))
}

function registered(of: string): Deed {
  const at = { plugin: KV.id, version: version(of) }
  return { do: 'register', ...at, binary: usualBinary(KV, version(of)), args: [] }
}

function enabled(path: string): Deed {
  const mount = { path: mountPath(path), namespace: ROOT_NAMESPACE }
  return { do: 'enable', mount, plugin: KV.id, version: version('v1.0.0') }
}

function namesOf(journal: readonly JournalEvent[], name: JournalEvent['event']): string[] {
  return journal.flatMap((event) => ('step' in event && event.event === name ? event.step : []))
}

function mostUnderWay(journal: readonly JournalEvent[]): number {
  let [now, most] = [0, 0]
  for (const { event } of journal) {
    if (event === 'step_started') most = Math.max(most, (now += 1))
    if (event === 'step_done' || event === 'step_failed') now -= 1
  }
  return most
}

async function configured(twin: Twin): Promise<string[]> {
  const { mounts } = await observeTwin(twin)
  return MOUNTS.map((path) => mounts.find((one) => one.path === path)!.configured_version)
}

/** Each step is told once. */
function expectEachOnce(outcome: RunOutcome, { steps }: FreshPlan): void {
  const lists = [
    outcome.done,
    'rolled_back' in outcome ? outcome.rolled_back : [],
    'remaining' in outcome ? outcome.remaining : [],
    'step' in outcome ? [outcome.step] : [],
  ]
  expect([...new Set(lists.flat())].sort()).toEqual(steps.map(({ id }) => id).sort())
}
