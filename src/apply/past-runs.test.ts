import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { Action, Entry } from '../documents/plan.generated.ts'
import type { MountPath, NodeAddress, PluginId, Sha256, Version } from '../domain/names.ts'
import { openJournal } from './journal.ts'
import { pastOf, readPast, unreloadedEntries } from './past-runs.ts'

const plugin = 'secret/my-kv' as PluginId
const version = '' as Version
const mount = 'team-a/' as MountPath
const node = 'http://127.0.0.1:1' as NodeAddress
const old: Entry = { command: 'kv', sha256: 'a'.repeat(64) as Sha256, args: [] }
const withArguments: Entry = { ...old, args: ['-log-json'] }
const newer: Entry = { command: 'kv-2', sha256: 'b'.repeat(64) as Sha256, args: [] }
const stamp = { at: '2026-01-01T00:00:00.000Z', run: 'one' }

it('knows what an entry held before an earlier run replaced it', () => {
  const past = pastOf([[started(), registered(newer)]])

  expect(past.replaced).toEqual([{ plugin, version, entry: old, env: [] }])
  expect(past.registered).toEqual([{ plugin, version, entry: newer, env: [] }])
  expect(past.unreloaded).toEqual([])
})

it('knows the mounts that were not reloaded after other arguments were registered', () => {
  const past = pastOf([[started(), registered(withArguments), done()]])

  expect(past.unreloaded).toMatchObject([{ plugin, version, entry: withArguments }])
  expect(past.unreloaded[0]?.mounts).toEqual(new Set([mount]))
  expect(past.unreloaded[0]?.reloaded).toEqual(new Set())
})

it('counts a reload that a later run made', () => {
  const reload: Action = { kind: 'reload', node, namespace: '' as never, mounts: [mount] }

  const past = pastOf([
    [started(), registered(withArguments), done()],
    [begun(reload), done()],
  ])

  expect(past.unreloaded[0]?.reloaded).toEqual(new Set([`${mount} ${node}`]))
})

it('knows which versions a mount was found with and reloaded to', () => {
  const v2 = 'v2.0.0' as Version
  const tune: Action = { kind: 'tune', mount, namespace: '' as never, version: v2 }
  const reload: Action = { kind: 'reload', node, namespace: '' as never, mounts: [mount] }

  expect(pastOf([[started(), begun(tune), done()]]).ran.get(mount)).toEqual(new Set([version]))
  expect(pastOf([[started(), begun(tune), done(), begun(reload), done()]]).ran.get(mount)).toEqual(
    new Set([version, v2]),
  )
})

it('forgets what its own run brought to its end, or took back', () => {
  const ended: JournalEvent = {
    ...stamp,
    event: 'run_ended',
    outcome: 'done',
    done: [],
    undone: [],
    remaining: [],
  }
  const action: Action = { kind: 'register', plugin, version, entry: old, env: [] }
  const undone: JournalEvent = { ...stamp, event: 'undo_started', step: 's', action }

  expect(pastOf([[started(), registered(withArguments), done(), ended]]).unreloaded).toEqual([])
  expect(pastOf([[started(), registered(withArguments), undone]]).unreloaded).toEqual([])
})

it('does not believe the journals of another cluster in the same folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-past-'))
  try {
    const journal = openJournal(folder, 'one')
    for (const event of [started(), registered(withArguments)]) journal.write(event)
    journal.close()

    expect(readPast(folder, 'c').unreloaded).toHaveLength(1)
    expect(readPast(folder, 'another')).toEqual(pastOf([]))
    expect(unreloadedEntries(folder, 'another')).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function started(): JournalEvent {
  return {
    ...stamp,
    event: 'run_started',
    plan_id: 'p',
    cluster: { id: 'c', name: 'lab' },
    steps: 2,
    by: 'me',
    before: {
      entries: [{ plugin, version, entry: old }],
      mounts: [{ mount, namespace: '' as never, plugin, version }],
      connections: [],
    },
  }
}

function registered(entry: Entry): JournalEvent {
  const action: Action = { kind: 'register', plugin, version, entry, env: [] }
  return {
    ...begun(action),
    restores: [{ fact: 'entry', plugin, version, entry: old }],
  }
}

function begun(action: Action): JournalEvent & { readonly event: 'step_started' } {
  const place = { step: 's', number: 1, of: 2 }
  return { ...stamp, event: 'step_started', ...place, action, undo: [], restores: [] }
}

function done(): JournalEvent {
  return { ...stamp, event: 'step_done', step: 's', outcome: 'done' }
}
