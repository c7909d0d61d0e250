import { describe, expect, it } from 'vitest'
import { mountPath, plugin, version } from '../../test/builders/live.ts'
import type { JournalEvent, RunEnded, RunStarted } from '../documents/journal.generated.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { startOf } from './past-runs.ts'
import { isAllOf, findResumedRun } from './resumed-runs.ts'

const mount = mountPath('a/')
const at = '2026-01-01T00:00:00.000Z'

it('is the first of the runs before it that left something half done', () => {
  expect(before(run('done', 'done'), run('killed'), run('stopped', 'stopped'))).toBe('killed')
})

it.each(['done', 'rolled_back'] as const)('is none where the run before it ended %s', (outcome) => {
  expect(before(run('killed'), run('ended', outcome))).toBeUndefined()
  expect(before()).toBeUndefined()
})

it('is a run that was rolled back in part only', () => {
  expect(before(run('partly', 'rolled_back', ['register']))).toBe('partly')
})

it('is no run on other plugins, and none that began nothing', () => {
  expect(before(run('killed', undefined, [], 'auth/jwt'))).toBeUndefined()
  expect(before([started('not begun')])).toBeUndefined()
})

describe('going back to where it began takes back all of the later run', () => {
  const isAll = (
    last: JournalEvent[],
    first: JournalEvent[],
    ...between: readonly JournalEvent[][]
  ): boolean => isAllOf(startOf(first)!, startOf(last)!, [first, ...between, last])
  const last = run('last', 'done')

  it('where it touched the same', () => {
    expect(isAll(last, run('killed'))).toBe(true)
    expect(isAll(last, run('killed'), run('killed again'))).toBe(true)
    expect(isAll(last, run('killed'), run('others', 'done', [], 'auth/jwt', 'auth/x/'))).toBe(true)
  })

  it('not where the later run touched more', () => {
    expect(isAll(run('last', 'done', [], 'secret/my-kv', 'b/'), run('killed'))).toBe(false)
  })

  it('not where something else of it was changed and done with in between', () => {
    expect(isAll(last, run('killed'), run('other', 'done'))).toBe(false)
  })

  it('not where one of them was a rollback', () => {
    const back = (events: JournalEvent[]): JournalEvent[] =>
      events.map((event) =>
        event.event === 'run_started' ? { ...event, back_to: 'some run' } : event,
      )
    expect(isAll(last, back(run('killed')))).toBe(false)
    expect(isAll(back(last), run('killed'))).toBe(false)
    expect(isAll(last, run('killed'), back(run('back')))).toBe(false)
  })
})

function before(...runs: readonly (readonly JournalEvent[])[]): string | undefined {
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
