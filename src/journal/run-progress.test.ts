import { expect, test } from 'vitest'
import { plan, step } from '../../test/builders/plan.ts'
import { plugin, version } from '../../test/builders/live.ts'
import type { JournalEvent } from '../documents/journal.generated.ts'
import { followRun } from './run-progress.ts'

const action = {
  kind: 'deregister' as const,
  plugin: plugin('secret/my-kv'),
  version: version('v1.0.0'),
}
const stamp = { at: '2026-01-01T00:00:00Z', run: 'run-1' }
const steps = ['one', 'two', 'three', 'four'].map((id) => ({
  ...step(id, action, ''),
  group: id === 'one' ? 'first' : 'second',
}))

function started(id: string): JournalEvent {
  return {
    ...stamp,
    event: 'step_started',
    step: id,
    number: 1,
    of: 4,
    action,
    undo: [],
    restores: [],
  }
}

function done(id: string): JournalEvent {
  return { ...stamp, event: 'step_done', step: id, outcome: 'done' }
}

function failed(id: string): JournalEvent {
  return { ...stamp, event: 'step_failed', step: id, reason: 'why' }
}

test.each([
  ['between two steps', [started('one'), done('one')], [], ['one'], ['two', 'three', 'four']],
  ['in a step', [started('one'), done('one'), started('two')], ['two'], ['one'], ['three', 'four']],
  [
    'with two steps under way',
    [started('one'), started('two'), started('three'), done('two')],
    ['one', 'three'],
    ['two'],
    ['four'],
  ],
  [
    'while a group is rolled back',
    [started('one'), done('one'), started('two'), done('two'), started('three'), failed('three')],
    ['two', 'three'],
    ['one'],
    ['four'],
  ],
])('a run that ends %s', (_when, events, unchecked, carriedOut, remaining) => {
  const progress = followRun(plan({ steps }))
  for (const event of events) progress.sink(event)

  expect(progress.ending()).toEqual({
    kind: 'interrupted',
    unchecked,
    already: [],
    done: carriedOut,
    remaining,
  })
})
