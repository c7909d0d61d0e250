/** The desired state of a rollback, from a journal and the live state. */
import { describe, expect, it } from 'vitest'
import { liveState, nodeAddress, plugin, sha256Of, version } from '../../test/builders/live.ts'
import { entryOf, mountOf } from '../../test/builders/safety-input.ts'
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import type { Entry, EnvironmentName } from '../documents/plan.generated.ts'
import type { LiveMount } from '../domain/live.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { contentOf, registrable } from '../plan/steps.ts'
import { rollbackState } from './rollback-state.ts'

const KV = 'secret/my-kv'
const [id, V1, V2] = [plugin(KV), version('v1.0.0'), version('v2.0.0')]
const old = registrable(contentOf(entryOf(KV, 'v1.0.0')))!
const changed: Entry = { ...old, args: ['--new'] }
const mount = mountOf('a/', KV, 'v1.0.0')

describe('a run that changed the arguments of a version', () => {
  const started = runStarted([{ plugin: id, version: V1, entry: old }])
  const live = liveState({
    catalog: [entryOf(KV, 'v1.0.0', { args: ['--new'] })],
    mounts: [mount],
  })

  it('is rolled back with the environment of the older entry if a journal has it', () => {
    const runs = [[registered(old, [{ name: 'HTTPS_PROXY', from: 'PROXY' }])], [started]]

    const { desired } = rollbackState({ started, runs, live, file: undefined })

    expect(desired.plugins[0]?.versions).toMatchObject([
      { version: V1, args: [], env: [{ name: 'HTTPS_PROXY', from: 'PROXY' }] },
    ])
  })

  it('reports an unknown environment if no journal has it', () => {
    const runs = [[started, registered(changed, [])]]

    const { notes } = rollbackState({ started, runs, live, file: undefined })

    expect(notes).toEqual([
      expect.stringMatching(/v1\.0\.0 would be registered without an environment/),
    ])
  })
})

describe('a version that was retired since', () => {
  const started = runStarted([{ plugin: id, version: V2, entry: null }])
  const live = liveState({
    catalog: [entryOf(KV, 'v2.0.0')],
    mounts: [mountOf('a/', KV, 'v2.0.0')],
  })

  it('is registered again as it was before the run that retired it', () => {
    const retiring = runStarted([{ plugin: id, version: V1, entry: old }])

    const { desired } = rollbackState({
      started,
      live,
      file: undefined,
      runs: [[started], [retiring]],
    })

    expect(desired.plugins[0]?.versions).toMatchObject([{ version: V1, ...old }])
    expect(desired.mounts).toMatchObject([{ use: { value: { kind: 'version', version: V1 } } }])
  })

  it('leaves its mounts unchanged if its entry is unknown', () => {
    const { desired, notes } = rollbackState({ started, live, file: undefined, runs: [[started]] })

    expect(desired.mounts).toEqual([])
    expect(notes).toEqual([expect.stringMatching(/v1\.0\.0 is not registered any more/)])
  })
})

describe('mounts that ran another binary than configured when the run began', () => {
  const other = sha256Of(plugin(KV), V2)
  const started = runStarted([], other)
  const stillUnreloaded: LiveMount = { ...mountOf('a/', KV, 'v2.0.0'), configured_version: V1 }
  const rollBack = (...mounts: readonly LiveMount[]) =>
    rollbackState({
      started,
      runs: [[started]],
      file: undefined,
      live: liveState({ catalog: [entryOf(KV, 'v1.0.0')], mounts }),
    })

  it('are lost: a reload would start a binary that they did not run', () => {
    const { lost } = rollBack(mount)

    expect(lost).toEqual([{ mount: 'a/', ran: [other], configured: old.sha256 }])
  })

  it('stay unchanged if they still run that binary', () => {
    const { desired, lost, notes } = rollBack(stillUnreloaded)

    expect(lost).toEqual([])
    expect(desired.mounts).toEqual([])
    expect(notes).toEqual([expect.stringMatching(/^a\/: between two binaries when that run began/)])
  })

  it('are rolled back to what was configured if an older journal has no running binaries', () => {
    const { before } = started
    const mounts = before.mounts.map(({ running: _, ...rest }) => rest)
    const silent = { ...started, before: { ...before, mounts } }
    const live = liveState({ catalog: [entryOf(KV, 'v1.0.0')], mounts: [mount] })

    const { desired, notes } = rollbackState({
      started: silent,
      runs: [[silent]],
      live,
      file: undefined,
    })

    expect(desired.mounts).toMatchObject([{ use: { value: { version: V1 } } }])
    expect(notes).toEqual([expect.stringMatching(/the journal does not record the running binary/)])
  })
})

function runStarted(
  entries: RunStarted['before']['entries'],
  ran: Entry['sha256'] = old.sha256,
): RunStarted {
  return {
    event: 'run_started',
    at: '2026-01-01T00:00:00.000Z',
    run: 'one',
    plan_id: 'p',
    cluster: { id: 'c', name: 'prod-eu' },
    steps: 1,
    by: 'me@here',
    before: {
      entries,
      mounts: [
        {
          mount: mount.path,
          namespace: ROOT_NAMESPACE,
          plugin: id,
          version: V1,
          running: mount.nodes.map(({ node }) => ({ node, sha256: ran })),
        },
      ],
      connections: [],
    },
  }
}

function registered(entry: Entry, env: EnvironmentName[]): JournalEvent {
  const node = nodeAddress(1)
  return {
    event: 'step_started',
    at: '2026-01-01T00:00:00.000Z',
    run: 'one',
    step: 's',
    number: 1,
    of: 1,
    node,
    undo: [],
    restores: [],
    group: 'g',
    action: { kind: 'register', plugin: id, version: V1, entry, env },
  } as unknown as JournalEvent
}
