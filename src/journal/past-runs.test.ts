import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import { openJournal } from './write-journal.ts'
import { pastOf, readPast, reloadsOf, unreloadedEntries } from './past-runs.ts'

const plugin = 'secret/my-kv' as PluginId
const version = '' as Version
const mount = 'team-a/' as MountPath
const node = 'http://127.0.0.1:1' as NodeAddress
const other = 'http://127.0.0.1:2' as NodeAddress
const nodes = [node, other]
const reload: Action = { kind: 'reload', node, namespace: '' as never, mounts: [mount] }
const old: Entry = { command: 'kv', sha256: 'a'.repeat(64) as Sha256, args: [] }
const withArguments: Entry = { ...old, args: ['-log-json'] }
const newer: Entry = { command: 'kv-2', sha256: 'b'.repeat(64) as Sha256, args: [] }
const stamp = { at: '2026-01-01T00:00:00.000Z', run: 'one' }

it('knows what an entry held before an earlier run replaced it', () => {
  const past = pastOf([[started(), registered(newer)]])

  expect(past.replaced).toEqual([{ plugin, version, entry: old, env: [] }])
  expect(past.registered).toEqual([{ plugin, version, entry: newer, env: [] }])
  expect(unreloadedOn(past, newer)).toEqual([])
})

it('knows the mounts that were not reloaded after other arguments were registered', () => {
  const past = pastOf([[started(), registered(withArguments), done()]])

  expect(unreloadedOn(past, withArguments)).toEqual(nodes)
  // The write may not have arrived; and what somebody else wrote is nothing the journals know of.
  expect(unreloadedOn(past, old)).toEqual([])
  expect(unreloadedOn(past, { ...old, args: ['by hand'] })).toEqual([])
})

it('counts a reload that a later run made, and not one that nobody saw the end of', () => {
  const first = [started(), registered(withArguments), done()]

  expect(unreloadedOn(pastOf([first, [begun(reload), done()]]), withArguments)).toEqual([other])
  expect(unreloadedOn(pastOf([first, [begun(reload)]]), withArguments)).toEqual(nodes)
})

it('gives the end of a step to that step, also where others were begun meanwhile', () => {
  const first = [started(), registered(withArguments), done()]
  const of = (step: string, event: JournalEvent): JournalEvent =>
    ({ ...event, step }) as JournalEvent
  const elsewhere = { ...reload, node: other } as Action
  const interleaved = [of('a', begun(reload)), of('b', begun(elsewhere)), of('a', done())]

  // The reload on the other node has no end.
  expect(unreloadedOn(pastOf([first, interleaved]), withArguments)).toEqual([other])
  const ofFile = { ...started(), saved_plan_id: 'file' } as JournalEvent
  expect([...reloadsOf('file', [[ofFile, ...interleaved]])]).toEqual([`${mount} ${node}`])
})

it('knows which reloads of a plan file were carried out and not rolled back', () => {
  const key = `${mount} ${node}`
  const ofFile = { ...started(), saved_plan_id: 'file' } as JournalEvent
  const reloaded = [ofFile, begun(reload), done()]
  const keysOf = (...events: JournalEvent[]): string[] => [...reloadsOf('file', [events])]

  expect(keysOf(...reloaded)).toEqual([key])
  // Another file, or none.
  expect([...reloadsOf('other', [reloaded])]).toEqual([])
  expect(keysOf(started(), begun(reload), done())).toEqual([])
  // Begun only, failed, found to be so, begun once more, rolled back.
  expect(keysOf(ofFile, begun(reload))).toEqual([])
  expect(keysOf(ofFile, begun(reload), failure())).toEqual([])
  expect(keysOf(ofFile, begun(reload), { ...done(), outcome: 'already' } as never)).toEqual([])
  expect(keysOf(...reloaded, begun(reload))).toEqual([])
  expect(keysOf(...reloaded, undoing(reload), undone())).toEqual([])
})

describe('a run that was killed while it took back other arguments', () => {
  const failed = [started(), registered(withArguments), done(), begun(reload), failure()]
  const takesBack = registration(old)

  it('leaves the processes that it had reloaded', () => {
    const past = pastOf([[...failed, undoing(takesBack)]])

    expect(unreloadedOn(past, old)).toEqual([node])
    // The request to take it back may not have gone out.
    expect(unreloadedOn(past, withArguments)).toEqual(nodes)
  })

  it('leaves them too where the reload back was begun', () => {
    const past = pastOf([[...failed, undoing(takesBack), undone(), undoing(reload)]])

    expect(unreloadedOn(past, old)).toEqual([node])
  })

  it('leaves nothing once they were reloaded back', () => {
    const whole = [...failed, undoing(takesBack), undone(), undoing(reload), undone()]

    expect(unreloadedOn(pastOf([whole]), old)).toEqual([])
    expect(pastOf([whole]).written.filter(mayBeUnreloaded)).toEqual([])
  })

  it('is finished by a run that goes back', () => {
    const past = pastOf([
      [...failed, undoing(takesBack)],
      [begun(reload), done()],
    ])

    expect(unreloadedOn(past, old)).toEqual([])
  })
})

it('knows of arguments written twice which process has which', () => {
  const third: Entry = { ...old, args: ['third'] }
  const past = pastOf([
    [started(), registered(withArguments), done(), begun(reload), done()],
    [started(), registered(third, withArguments), undoing(registration(withArguments))],
  ])

  expect(unreloadedOn(past, withArguments)).toEqual([other])
})

it('knows which versions a mount was found with and reloaded to', () => {
  const v2 = 'v2.0.0' as Version
  const tune: Action = { kind: 'tune', mount, namespace: '' as never, version: v2 }

  expect(pastOf([[started(), begun(tune), done()]]).ran.get(mount)).toEqual(new Set([version]))
  expect(pastOf([[started(), begun(tune), done(), begun(reload), done()]]).ran.get(mount)).toEqual(
    new Set([version, v2]),
  )
})

it('knows which binary without a version came before which', () => {
  const deregister: Action = { kind: 'deregister', plugin, version }
  const inOrder = (...runs: readonly JournalEvent[][]) => pastOf(runs).unversioned.get(plugin)

  expect(inOrder([started(), registered(newer)])).toEqual([old.sha256, newer.sha256])
  expect(inOrder([started(), begun(deregister)])).toEqual([old.sha256, BUILTIN])
  // To go back and forth changes nothing about it.
  expect(inOrder([started(), registered(newer)], [started(newer), registered(old, newer)])).toEqual(
    [old.sha256, newer.sha256],
  )
  expect(inOrder([started(null), registered(old)])).toEqual([BUILTIN, old.sha256])
})

it('forgets what its own run brought to its end', () => {
  expect(pastOf([[started(), registered(withArguments), done(), end()]]).written).toEqual([])
})

it('does not believe the journals of another cluster in the same folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-past-'))
  try {
    const journal = openJournal(folder, 'one')
    for (const event of [started(), registered(withArguments)]) journal.write(event)
    journal.close()

    expect(readPast(folder, 'c').written).toHaveLength(1)
    expect(readPast(folder, 'another')).toEqual(pastOf([]))
    expect(unreloadedEntries(folder, 'another')).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('reads of a run that came to its end what the whole of it says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-past-'))
  try {
    const v2 = 'v2.0.0' as Version
    const tune: Action = { kind: 'tune', mount, namespace: '' as never, version: v2 }
    const runs = [
      [started(), registered(withArguments), done(), begun(tune), done()],
      [started(), registered(newer), done(), begun(tune), done(), begun(reload), done(), end()],
    ]
    for (const [index, events] of runs.entries()) {
      const journal = openJournal(folder, String(index))
      for (const event of events) journal.write(event)
      journal.close()
    }

    expect(readPast(folder, 'c')).toEqual(pastOf(runs))
    expect(readPast(folder, 'c').ran.get(mount)).toEqual(new Set([version, v2]))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function started(entry: Entry | null = old): JournalEvent {
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

/** The nodes on which the mount must be reloaded while this entry stands. */
function unreloadedOn(past: Past, entry: Entry): NodeAddress[] {
  return nodes.filter((one) => isUnreloaded(past, { plugin, version, entry }, mount, one))
}

function registration(entry: Entry): Action {
  return { kind: 'register', plugin, version, entry, env: [] }
}

function registered(entry: Entry, before = old): JournalEvent {
  return {
    ...begun(registration(entry)),
    restores: [{ fact: 'entry', plugin, version, entry: before }],
  }
}

function begun(action: Action): JournalEvent & { readonly event: 'step_started' } {
  const place = { step: 's', number: 1, of: 2 }
  return { ...stamp, event: 'step_started', ...place, action, undo: [], restores: [] }
}

function done(): JournalEvent {
  return { ...stamp, event: 'step_done', step: 's', outcome: 'done' }
}

function failure(): JournalEvent {
  return { ...stamp, event: 'step_failed', step: 's', reason: 'its verification failed' }
}

function undoing(action: Action): JournalEvent {
  return { ...stamp, event: 'undo_started', step: 's', action }
}

function undone(): JournalEvent {
  return { ...stamp, event: 'undo_done', step: 's' }
}

function end(): JournalEvent {
  const steps = { done: [], rolled_back: [], remaining: [] }
  return { ...stamp, event: 'run_ended', outcome: 'done', ...steps }
}
