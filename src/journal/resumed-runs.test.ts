import { describe, expect, it } from 'vitest'
import { mountPath, plugin, version } from '../../test/builders/live.ts'
import type { JournalEvent, RunEnded, RunStarted } from '../documents/journal.generated.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { startOf } from './past-runs.ts'
import { coversRun, findResumedRun } from './resumed-runs.ts'

const mount = mountPath('a/')
const at = '2026-01-01T00:00:00.000Z'

it('finds the first of the unfinished runs directly before a run', () => {
  expect(resumedRun(run('done', 'done'), run('killed'), run('stopped', 'stopped'))).toBe('killed')
})

it.each(['done', 'rolled_back'] as const)(
  'finds no run if the run before it ended %s',
  (outcome) => {
    expect(resumedRun(run('killed'), run('ended', outcome))).toBeUndefined()
    expect(resumedRun()).toBeUndefined()
  },
)

it('finds a run that was only partly rolled back', () => {
  expect(resumedRun(run('partly', 'rolled_back', ['register']))).toBe('partly')
})

it('skips runs on other plugins and runs that started no step', () => {
  expect(resumedRun(run('killed', undefined, [], 'auth/jwt'))).toBeUndefined()
  expect(resumedRun([started('not begun')])).toBeUndefined()
})

describe('a rollback to the beginning of an earlier run undoes all of the later run', () => {
  const coversLast = (
    last: JournalEvent[],
    first: JournalEvent[],
    ...between: readonly JournalEvent[][]
  ): boolean => coversRun(startOf(first)!, startOf(last)!, [first, ...between, last])
  const last = run('last', 'done')

  it('if both touched the same things', () => {
    expect(coversLast(last, run('killed'))).toBe(true)
    expect(coversLast(last, run('killed'), run('killed again'))).toBe(true)
    expect(coversLast(last, run('killed'), run('others', 'done', [], 'auth/jwt', 'auth/x/'))).toBe(
      true,
    )
  })

  it('not if the later run touched more', () => {
    expect(coversLast(run('last', 'done', [], 'secret/my-kv', 'b/'), run('killed'))).toBe(false)
  })

  it('not if a run that finished changed the same things in between', () => {
    expect(coversLast(last, run('killed'), run('other', 'done'))).toBe(false)
  })

  it('not if one of the runs is a rollback', () => {
    const back = (events: JournalEvent[]): JournalEvent[] =>
      events.map((event) =>
        event.event === 'run_started' ? { ...event, back_to: 'some run' } : event,
      )
    expect(coversLast(last, back(run('killed')))).toBe(false)
    expect(coversLast(back(last), run('killed'))).toBe(false)
    expect(coversLast(last, run('killed'), back(run('back')))).toBe(false)
  })
})

function resumedRun(...runs: readonly (readonly JournalEvent[])[]): string | undefined {
  return findResumedRun(started('last'), [...runs, run('last')])?.run
}

function run(
  name: string,
  outcome?: RunEnded['outcome'],
  done: string[] = [],
  of?: string,
  path = 'a/',
): JournalEvent[] {
  const stamp = { at, run: name }
  const action = {
    kind: 'tune' as const,
    mount,
    namespace: ROOT_NAMESPACE,
    version: version('v2.0.0'),
  }
  const facts = { undo: [], restores: [] }
  const begun = { event: 'step_started' as const, ...stamp, step: 'tune', number: 1, of: 1 }
  const ended = { event: 'run_ended' as const, ...stamp, done, rolled_back: [], remaining: [] }
  return [
    started(name, of, mountPath(path)),
    { ...begun, action, ...facts },
    ...(outcome === undefined ? [] : [{ ...ended, outcome }]),
  ]
}

function started(name: string, of = 'secret/my-kv', path = mount): RunStarted {
  return {
    event: 'run_started',
    at,
    run: name,
    plan_id: 'p',
    steps: 1,
    by: 'me@here',
    cluster: { id: 'c', name: 'lab' },
    before: {
      entries: [],
      mounts: [
        {
          mount: path,
          namespace: ROOT_NAMESPACE,
          plugin: plugin(of),
          version: version('v1.0.0'),
        },
      ],
      connections: [],
    },
  }
}
