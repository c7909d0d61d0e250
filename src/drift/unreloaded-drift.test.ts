import { expect, it } from 'vitest'
import { catalogEntry } from '../../test/builders/live.ts'
import { desiredVersion } from '../../test/builders/safety-input.ts'
import { desiredPlugin, desiredState } from '../../test/drift/desired-state.ts'
import {
  ASKED,
  cluster,
  KV,
  NEW,
  OLD,
  onEveryNode,
  ONE,
  PATH,
  running,
  THREE,
  summarize,
  TWO,
} from '../../test/drift/one-mount.ts'
import type { Entry } from '../documents/plan.generated.ts'
import { draftPlan } from '../plan/make-plan.ts'
import { NO_PAST, type Past } from '../plan/past.ts'
import { contentOf, registrable } from '../plan/steps.ts'
import { findDrift } from './find-drift.ts'

const before = registrable(contentOf(catalogEntry(KV, NEW)))!
const after: Entry = { ...before, args: ['--new'] }
const file = fileWith(after)
const live = cluster(NEW, {}, { catalog: [catalogEntry(KV, NEW, { args: after.args })] })

it('is pending if a run changed the arguments and did not reload the mount', () => {
  const past = written([before, after])

  const report = findDrift(file, live, { ...ASKED, past })

  expect(report.in_sync).toBe(false)
  expect(report.differences).toEqual([
    expect.objectContaining({
      class: 'reload-pending',
      subject: PATH,
      mount: PATH,
      plugin: KV,
      found: 'the same binary, started with other arguments or another command',
      cause: expect.stringContaining('was not reloaded on 3 of 3 nodes') as string,
      fix: '`lockstep apply -f lockstep.yaml`',
    }),
  ])
  // A plan makes the same reloads.
  expect(draftPlan(file, live, past).steps.map(({ action }) => action.kind)).toEqual([
    ...['reload', 'reload', 'reload'],
  ])
})

it('names the node if it is one node', () => {
  const past = written([before, after], { [`${PATH} ${ONE}`]: [1], [`${PATH} ${THREE}`]: [1] })

  const { differences } = findDrift(file, live, { ...ASKED, past })

  expect(summarize(differences)).toEqual([`reload-pending ${PATH} ${TWO}`])
})

it('is pending on nodes that were reloaded to arguments that were rolled back since', () => {
  const past = written([before, after, before], { [`${PATH} ${ONE}`]: [1] })

  const { differences } = findDrift(fileWith(before), cluster(NEW), { ...ASKED, past })

  expect(summarize(differences)).toEqual([`reload-pending ${PATH} ${ONE}`])
})

it('is in sync if every node was reloaded, and if there is no journal', () => {
  const reloaded = Object.fromEntries([ONE, TWO, THREE].map((node) => [`${PATH} ${node}`, [1]]))
  const past = written([before, after], reloaded)

  expect(findDrift(file, live, { ...ASKED, past }).in_sync).toBe(true)
  expect(findDrift(file, live, ASKED).in_sync).toBe(true)
})

it('is not reported if the server already shows another difference', () => {
  const past = written([before, after])
  const stale = { ...live, mounts: cluster(NEW, onEveryNode(running(OLD))).mounts }

  const ofEntry = findDrift(fileWith(before), live, { ...ASKED, past })
  const ofMount = findDrift(file, stale, { ...ASKED, past })

  expect(ofEntry.differences.map(({ class: name }) => name)).toEqual(['hash-differs'])
  expect(ofMount.differences).toHaveLength(1)
})

function fileWith({ args }: Entry) {
  const versions = [desiredVersion(KV, NEW, { args })]
  return desiredState({
    plugins: [{ ...desiredPlugin(KV, { use: NEW, versions: [NEW] }), versions }],
  })
}

/**
 * `startedFrom`, by `mount node`: the index of the entry that the process was started from, if that
 * is not the first.
 */
function written(
  entries: readonly Entry[],
  startedFrom: Readonly<Record<string, readonly number[]>> = {},
): Past {
  const one = { plugin: KV, version: NEW, entries, mounts: new Set([PATH]) }
  return { ...NO_PAST, written: [{ ...one, startedFrom: new Map(Object.entries(startedFrom)) }] }
}
