import { expect, it } from 'vitest'
import { mountPath, plugin, version } from '../../test/builders/live.ts'
import type { JournalEvent, RunEnded, RunStarted } from '../documents/journal.generated.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { wentOnWith } from './went-on-with.ts'

const mount = mountPath('a/')
const at = '2026-01-01T00:00:00.000Z'

it('is the first of the runs before it that left something half done', () => {
  expect(before(run('done', 'done'), run('killed'), run('stopped', 'stopped'))).toBe('killed')
})

it.each(['done', 'put_back'] as const)('is none where the run before it ended %s', (outcome) => {
  expect(before(run('killed'), run('ended', outcome))).toBeUndefined()
  expect(before()).toBeUndefined()
})

it('is a run that was put back in part only', () => {
  expect(before(run('partly', 'put_back', ['register']))).toBe('partly')
})

it('is no run on other plugins, and none that began nothing', () => {
  expect(before(run('killed', undefined, [], 'auth/jwt'))).toBeUndefined()
  expect(before([started('not begun')])).toBeUndefined()
})

function before(...runs: readonly (readonly JournalEvent[])[]): string | undefined {
  return wentOnWith(started('last'), [...runs, run('last')])?.run
}

function run(
  name: string,
  outcome?: RunEnded['outcome'],
  done: string[] = [],
  of?: string,
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
  const ended = { event: 'run_ended' as const, ...stamp, done, undone: [], remaining: [] }
  return [
    started(name, of),
    { ...begun, action, ...facts },
    ...(outcome === undefined ? [] : [{ ...ended, outcome }]),
  ]
}

function started(name: string, of = 'secret/my-kv'): RunStarted {
  return {
    ...{ event: 'run_started', at, run: name, plan_id: 'p', steps: 1, by: 'me@here' },
    cluster: { id: 'c', name: 'lab' },
    before: {
      entries: [],
      mounts: [
        { mount, namespace: ROOT_NAMESPACE, plugin: plugin(of), version: version('v1.0.0') },
      ],
      connections: [],
    },
  }
}
