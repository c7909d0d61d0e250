/** Whatever a run is given breaks down, and whenever: the run ends by saying what was done. */
import { beforeEach, expect, it, vi } from 'vitest'
import type { RunOutcome } from '../../src/documents/run-outcome.ts'
import { ROOT_NAMESPACE, type Sha256 } from '../../src/domain/names.ts'
import type { Context } from '../../src/operations/context.ts'
import type { FreshPlan } from '../../src/plan/make-plan.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import { mountPath, nodeAddress, version } from '../builders/live.ts'
import { desiredMount, desiredPlugin, desiredVersion } from '../builders/safety-input.ts'
import { desiredState } from '../drift/desired-state.ts'
import { applyOn, makeTwin, planOn } from '../property/drive-twin.ts'
import { MADE_UP, usualBinary } from '../property/palette.ts'

/** Called for each write to a journal: may throw what a full disk does. */
const disk = vi.hoisted(() => ({ write: (): void => undefined }))

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  return {
    ...fs,
    fdatasyncSync: (descriptor: number): void => {
      disk.write()
      fs.fdatasyncSync(descriptor)
    },
  }
})

beforeEach(() => {
  disk.write = () => undefined
})

const KV = MADE_UP.plugins.find(({ id }) => id === 'secret/my-kv')!

/** Puts something that throws in the place of a function. */
type Break = (given: Context, wrap: Wrap) => Context
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
  observe: (given, wrap) => ({ ...given, observe: wrap(given.observe) }),
  'commands.run': (given, wrap) => ({
    ...given,
    commands: { ...given.commands!, run: wrap(given.commands!.run) },
  }),
  now: (given, wrap) => ({ ...given, now: wrap(given.now) }),
  randomHex: (given, wrap) => ({ ...given, randomHex: wrap(given.randomHex) }),
  journal: (given, wrap) => {
    disk.write = wrap(disk.write)
    return given
  },
}

/** From which call on it throws: at once, in the first steps, and while a group is rolled back. */
const CALLS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89]

it.each(Object.entries(BREAKS))('%s may throw at any time', async (name, broken) => {
  let broke = 0
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
      let writes = 0

      const ended = await applyOn(twin, plan, {
        change: (context) => broken(context, wrap),
        beforeWrite: (_number, { path }) => {
          writes += 1
          if (fails && path === 'sys/mounts/b/tune') spoil(twin)
        },
      }).catch(() => undefined)

      if (calls >= from) broke += 1
      const where = `${name} from call ${String(from)}`
      if (ended === undefined) {
        expect(writes, where).toBe(0)
        continue
      }
      const { outcome, journal } = ended
      expect(endsOf(outcome, plan), where).toEqual(plan.steps.map(({ id }) => id).sort())
      // Without a clock or a disk no line can be written.
      if (name !== 'journal' && name !== 'now') expect(journal.at(-1)?.event).toBe('run_ended')
    }
  }
  expect(broke).toBeGreaterThan(0)
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
  const desired = desiredState({
    plugins: [desiredPlugin(KV.id, { use: 'v2.0.0', versions })],
    mounts: [desiredMount('b/', KV.id, { verify: [{ kind: 'run', command: ['true'] }] })],
  })
  return { twin, plan: (await planOn(twin, desired)).plan }
}
