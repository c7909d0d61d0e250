/** Whatever a run is given breaks down, and whenever: the run ends by saying what was done. */
import { expect, it } from 'vitest'
import { createSeenAnswers } from '../../src/apply/facts/seen-answers.ts'
import { createRecorder } from '../../src/apply/recorder.ts'
import { runPlan } from '../../src/apply/run.ts'
import type { RunOptions } from '../../src/apply/run-context.ts'
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import { stateBefore } from '../../src/journal/state-before.ts'
import type { FreshPlan } from '../../src/plan/make-plan.ts'
import type { RunOutcome } from '../../src/documents/run-outcome.ts'
import { ROOT_NAMESPACE, type Sha256 } from '../../src/domain/names.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import { mountPath, nodeAddress, version } from '../builders/live.ts'
import { desiredPlugin, desiredVersion } from '../builders/safety-input.ts'
import { desiredState } from '../drift/desired-state.ts'
import { contextOn, makeTwin, planOn } from '../property/drive-twin.ts'
import { MADE_UP, usualBinary } from '../property/palette.ts'

const KV = MADE_UP.plugins.find(({ id }) => id === 'secret/my-kv')!

/** Puts something that throws in the place of a function. */
type Break = (given: RunOptions, wrap: Wrap) => RunOptions
type Wrap = <Given extends unknown[], Result>(
  call: (...given: Given) => Result,
) => (...given: Given) => Result

const BREAKS: Readonly<Record<string, Break>> = {
  'client.ask': (given, wrap) => ({
    ...given,
    client: { ...given.client, ask: wrap(given.client.ask) },
  }),
  'client.write': (given, wrap) => ({
    ...given,
    client: { ...given.client, write: wrap(given.client.write) },
  }),
  'client.wait': (given, wrap) => ({
    ...given,
    client: { ...given.client, wait: wrap(given.client.wait) },
  }),
  ...Object.fromEntries(
    (
      ['stepStarted', 'stepDone', 'stepFailed', 'undoStarted', 'undoDone', 'undoFailed'] as const
    ).map((name): [string, Break] => [
      `recorder.${name}`,
      (given, wrap) => ({
        ...given,
        recorder: {
          ...given.recorder,
          [name]: wrap(given.recorder[name] as (...given: unknown[]) => unknown),
        },
      }),
    ]),
  ),
  'recorder.waiting': (given, wrap) => ({
    ...given,
    recorder: { ...given.recorder, waiting: wrap(given.recorder.waiting) },
  }),
  verify: (given, wrap) => ({ ...given, verify: wrap(given.verify) }),
  environmentOf: (given, wrap) => ({ ...given, environmentOf: wrap(given.environmentOf) }),
  clock: (given, wrap) => ({ ...given, clock: wrap(given.clock) }),
  interrupted: (given, wrap) => ({ ...given, interrupted: wrap(given.interrupted) }),
  lockLost: (given, wrap) => ({ ...given, lockLost: wrap(given.lockLost) }),
  checkLock: (given, wrap) => ({ ...given, checkLock: wrap(given.checkLock) }),
}

/** From which call on it throws: at once, in the first steps, and while a group is rolled back. */
const CALLS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89]

it.each(Object.entries(BREAKS))('%s may throw at any time', async (_name, broken) => {
  for (const from of CALLS) {
    for (const fails of [false, true]) {
      const { twin, plan } = await upgrade()
      let calls = 0
      const wrap: Wrap =
        (call) =>
        (...given) => {
          calls += 1
          if (calls >= from) throw new TypeError('broken')
          return call(...given)
        }

      const journal: JournalEvent[] = []
      const { client, now } = contextOn(twin, {
        folder: '/nowhere',
        sent: (_node, { method, path }) => {
          if (fails && method === 'POST' && path === 'sys/mounts/b/tune') spoil(twin)
        },
      })
      const sinks = [(event: JournalEvent) => void journal.push(event)]
      const recorder = createRecorder({ run: 'run', by: 'test', now, sinks })
      await recorder.runStarted(plan, stateBefore(plan))
      const given: RunOptions = {
        client,
        recorder,
        soak: 0,
        parallelism: 4,
        wait: 120,
        environmentOf: () => [],
        verify: () => Promise.resolve(undefined),
        clock: () => now().getTime(),
        answers: createSeenAnswers(() => now().getTime()),
        mountCount: 0,
        interrupted: () => false,
        lockLost: () => false,
        checkLock: () => Promise.resolve(),
      }

      const outcome = await runPlan(plan, broken(given, wrap))

      await recorder.runEnded(outcome)
      expect(endsOf(outcome, plan), `from call ${from}`).toEqual(
        plan.steps.map(({ id }) => id).sort(),
      )
      expect(journal.at(-1)?.event).toBe('run_ended')
      if (outcome.kind === 'done') expect(calls).toBeLessThan(from)
    }
  }
})

/** Each step once, sorted; the one that failed counts where it is in no list. */
function endsOf(outcome: RunOutcome, plan: FreshPlan): string[] {
  const lists = [
    outcome.done,
    'rolled_back' in outcome ? outcome.rolled_back : [],
    'not_rolled_back' in outcome ? outcome.not_rolled_back : [],
    'unchecked' in outcome ? outcome.unchecked : [],
    'remaining' in outcome ? outcome.remaining : [],
  ].flat()
  const failed = 'failure' in outcome && !lists.includes(outcome.step) ? [outcome.step] : []
  const known = new Set(plan.steps.map(({ id }) => id))
  return [...lists, ...failed].filter((id) => known.has(id)).sort()
}

function spoil(twin: Twin): void {
  const { command } = usualBinary(KV, version('v2.0.0'))
  twin.putFile(nodeAddress(3), command, { sha256: 'f'.repeat(64) as Sha256 })
}

async function upgrade(): Promise<{ readonly twin: Twin; readonly plan: FreshPlan }> {
  const at = { plugin: KV.id, version: version('v1.0.0') }
  const enable = (path: string) => ({
    do: 'enable' as const,
    ...at,
    mount: { path: mountPath(path), namespace: ROOT_NAMESPACE },
  })
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [
      { do: 'register', ...at, binary: usualBinary(KV, version('v1.0.0')), args: [] },
      enable('a/'),
      enable('b/'),
    ],
  })
  const versions = ['v1.0.0', 'v2.0.0'].map((of) =>
    desiredVersion(KV.id, of, usualBinary(KV, version(of))),
  )
  const desired = desiredState({ plugins: [desiredPlugin(KV.id, { use: 'v2.0.0', versions })] })
  return { twin, plan: (await planOn(twin, desired)).plan }
}
