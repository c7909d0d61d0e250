import { describe, expect, it } from 'vitest'
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { Action, Entry } from '../documents/plan.generated.ts'
import {
  type MountPath,
  BUILTIN,
  type NodeAddress,
  type PluginId,
  type Sha256,
  type Version,
} from '../domain/names.ts'
import { isUnreloaded, mayBeUnreloaded, type Past } from '../plan/past.ts'
import { pastOf, reloadsOf } from './past-runs.ts'

const plugin = 'secret/my-kv' as PluginId
const version = '' as Version
const mount = 'team-a/' as MountPath
const node = 'http://127.0.0.1:1' as NodeAddress
const otherNode = 'http://127.0.0.1:2' as NodeAddress
const nodes = [node, otherNode]
const reload: Action = { kind: 'reload', node, namespace: '' as never, mounts: [mount] }
const old: Entry = { command: 'kv', sha256: 'a'.repeat(64) as Sha256, args: [] }
const withArguments: Entry = { ...old, args: ['-log-json'] }
const newer: Entry = { command: 'kv-2', sha256: 'b'.repeat(64) as Sha256, args: [] }
const stamp = { at: '2026-01-01T00:00:00.000Z', run: 'one' }

it('finds the entry that an earlier run replaced', () => {
  const past = pastOf([[runStarted(), registerStarted(newer)]])

  expect(past.replaced).toEqual([{ plugin, version, entry: old, env: [] }])
  expect(past.registered).toEqual([{ plugin, version, entry: newer, env: [] }])
  expect(unreloadedOn(past, newer)).toEqual([])
})

it('finds the mounts that were not reloaded after other arguments were registered', () => {
  const past = pastOf([[runStarted(), registerStarted(withArguments), stepDone()]])

  expect(unreloadedOn(past, withArguments)).toEqual(nodes)
  // The write may not have arrived. An entry that another program wrote is not in the journals.
  expect(unreloadedOn(past, old)).toEqual([])
  expect(unreloadedOn(past, { ...old, args: ['by hand'] })).toEqual([])
})

it('counts a reload of a later run, and not a reload without an end in the journal', () => {
  const first = [runStarted(), registerStarted(withArguments), stepDone()]

  expect(unreloadedOn(pastOf([first, [stepStarted(reload), stepDone()]]), withArguments)).toEqual([
    otherNode,
  ])
  expect(unreloadedOn(pastOf([first, [stepStarted(reload)]]), withArguments)).toEqual(nodes)
})

it('matches the end of a step to that step, also if other steps started before it', () => {
  const first = [runStarted(), registerStarted(withArguments), stepDone()]
  const of = (step: string, event: JournalEvent): JournalEvent =>
    ({ ...event, step }) as JournalEvent
  const elsewhere = { ...reload, node: otherNode } as Action
  const interleaved = [
    of('a', stepStarted(reload)),
    of('b', stepStarted(elsewhere)),
    of('a', stepDone()),
  ]

  // The reload on the other node has no end.
  expect(unreloadedOn(pastOf([first, interleaved]), withArguments)).toEqual([otherNode])
  const ofFile = { ...runStarted(), saved_plan_id: 'file' } as JournalEvent
  expect([...reloadsOf('file', [[ofFile, ...interleaved]])]).toEqual([`${mount} ${node}`])
})

it('finds the reloads of a plan file that were carried out and not rolled back', () => {
  const key = `${mount} ${node}`
  const ofFile = { ...runStarted(), saved_plan_id: 'file' } as JournalEvent
  const reloaded = [ofFile, stepStarted(reload), stepDone()]
  const keysOf = (...events: JournalEvent[]): string[] => [...reloadsOf('file', [events])]

  expect(keysOf(...reloaded)).toEqual([key])
  // Another plan file, or no plan file.
  expect([...reloadsOf('other', [reloaded])]).toEqual([])
  expect(keysOf(runStarted(), stepStarted(reload), stepDone())).toEqual([])
  // Only started; failed; already done; started again; rolled back.
  expect(keysOf(ofFile, stepStarted(reload))).toEqual([])
  expect(keysOf(ofFile, stepStarted(reload), stepFailed())).toEqual([])
  expect(
    keysOf(ofFile, stepStarted(reload), { ...stepDone(), outcome: 'already' } as never),
  ).toEqual([])
  expect(keysOf(...reloaded, stepStarted(reload))).toEqual([])
  expect(keysOf(...reloaded, undoStarted(reload), undoDone())).toEqual([])
})

describe('a run that was killed while it rolled back other arguments', () => {
  const failed = [
    runStarted(),
    registerStarted(withArguments),
    stepDone(),
    stepStarted(reload),
    stepFailed(),
  ]
  const rollBack = registration(old)

  it('leaves the processes that it reloaded', () => {
    const past = pastOf([[...failed, undoStarted(rollBack)]])

    expect(unreloadedOn(past, old)).toEqual([node])
    // The rollback's request may not have been sent.
    expect(unreloadedOn(past, withArguments)).toEqual(nodes)
  })

  it('leaves them also if their reload in the rollback was started', () => {
    const past = pastOf([[...failed, undoStarted(rollBack), undoDone(), undoStarted(reload)]])

    expect(unreloadedOn(past, old)).toEqual([node])
  })

  it('leaves nothing after the rollback reloaded them', () => {
    const whole = [...failed, undoStarted(rollBack), undoDone(), undoStarted(reload), undoDone()]

    expect(unreloadedOn(pastOf([whole]), old)).toEqual([])
    expect(pastOf([whole]).written.filter(mayBeUnreloaded)).toEqual([])
  })

  it('is finished by a later run that reloads them', () => {
    const past = pastOf([
      [...failed, undoStarted(rollBack)],
      [stepStarted(reload), stepDone()],
    ])

    expect(unreloadedOn(past, old)).toEqual([])
  })
})

it('knows which arguments each process has after two writes', () => {
  const third: Entry = { ...old, args: ['third'] }
  const past = pastOf([
    [runStarted(), registerStarted(withArguments), stepDone(), stepStarted(reload), stepDone()],
    [runStarted(), registerStarted(third, withArguments), undoStarted(registration(withArguments))],
  ])

  expect(unreloadedOn(past, withArguments)).toEqual([otherNode])
})

it('finds the versions that a mount had before the run and was reloaded to', () => {
  const v2 = 'v2.0.0' as Version
  const tune: Action = { kind: 'tune', mount, namespace: '' as never, version: v2 }

  expect(pastOf([[runStarted(), stepStarted(tune), stepDone()]]).ran.get(mount)).toEqual(
    new Set([version]),
  )
  expect(
    pastOf([
      [runStarted(), stepStarted(tune), stepDone(), stepStarted(reload), stepDone()],
    ]).ran.get(mount),
  ).toEqual(new Set([version, v2]))
})

it('orders the binaries of an unversioned entry', () => {
  const deregister: Action = { kind: 'deregister', plugin, version }
  const inOrder = (...runs: readonly JournalEvent[][]) => pastOf(runs).unversioned.get(plugin)

  expect(inOrder([runStarted(), registerStarted(newer)])).toEqual([old.sha256, newer.sha256])
  expect(inOrder([runStarted(), stepStarted(deregister)])).toEqual([old.sha256, BUILTIN])
  // A second replacement by an old binary does not change the order.
  expect(
    inOrder(
      [runStarted(), registerStarted(newer)],
      [runStarted(newer), registerStarted(old, newer)],
    ),
  ).toEqual([old.sha256, newer.sha256])
  expect(inOrder([runStarted(null), registerStarted(old)])).toEqual([BUILTIN, old.sha256])
})

it('forgets the entries of a run that finished', () => {
  expect(
    pastOf([[runStarted(), registerStarted(withArguments), stepDone(), runEnded()]]).written,
  ).toEqual([])
})

function runStarted(entry: Entry | null = old): JournalEvent {
  return {
    ...stamp,
    event: 'run_started',
    plan_id: 'p',
    cluster: { id: 'c', name: 'lab' },
    steps: 2,
    by: 'me',
    before: {
      entries: [{ plugin, version, entry }],
      mounts: [{ mount, namespace: '' as never, plugin, version }],
      connections: [],
    },
  }
}

/** The nodes on which the mount must be reloaded if `entry` is registered. */
function unreloadedOn(past: Past, entry: Entry): NodeAddress[] {
  return nodes.filter((address) => isUnreloaded(past, { plugin, version, entry }, mount, address))
}

function registration(entry: Entry): Action {
  return { kind: 'register', plugin, version, entry, env: [] }
}

function registerStarted(entry: Entry, before = old): JournalEvent {
  return {
    ...stepStarted(registration(entry)),
    restores: [{ fact: 'entry', plugin, version, entry: before }],
  }
}

function stepStarted(action: Action): JournalEvent & { readonly event: 'step_started' } {
  const place = { step: 's', number: 1, of: 2 }
  return { ...stamp, event: 'step_started', ...place, action, undo: [], restores: [] }
}

function stepDone(): JournalEvent {
  return { ...stamp, event: 'step_done', step: 's', outcome: 'done' }
}

function stepFailed(): JournalEvent {
  return { ...stamp, event: 'step_failed', step: 's', reason: 'its verification failed' }
}

function undoStarted(action: Action): JournalEvent {
  return { ...stamp, event: 'undo_started', step: 's', action }
}

function undoDone(): JournalEvent {
  return { ...stamp, event: 'undo_done', step: 's' }
}

function runEnded(): JournalEvent {
  const steps = { done: [], rolled_back: [], remaining: [] }
  return { ...stamp, event: 'run_ended', outcome: 'done', ...steps }
}
