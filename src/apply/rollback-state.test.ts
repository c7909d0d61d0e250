import { expect, it } from 'vitest'
import { liveState, plugin, version } from '../../test/builders/live.ts'
import {
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  safetyInput,
} from '../../test/builders/safety-input.ts'
import type { RunStarted } from '../documents/journal.generated.ts'
import type { MountPath, Namespace } from '../domain/names.ts'
import { rollbackState } from './rollback-state.ts'

const KV = 'secret/my-kv'

it('keeps what the file says of the newer data, whichever run registered that version', () => {
  const newer = desiredVersion(KV, 'v0.21.0', { data: { downgradeTo: '>=0.16.0' } })
  const { desired: file } = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.16.2', newer] })] },
  })
  const catalog = [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')]
  const live = liveState({ catalog, mounts: [mountOf('team-a/', KV, 'v0.21.0')] })

  const { desired } = rollbackState({ started: tuned(), runs: [], live, file })

  expect(desired.plugins[0]?.versions).toMatchObject([
    { version: 'v0.16.2' },
    { version: 'v0.21.0', data: { downgradeTo: '>=0.16.0' } },
  ])
  expect(desired.plugins[0]?.retire).toEqual([])
})

/** A run that tuned a mount from the older of two registered versions. */
function tuned(): RunStarted {
  return {
    event: 'run_started',
    at: '2026-01-01T00:00:00.000Z',
    run: 'one',
    by: 'somebody',
    plan_id: 'f'.repeat(64),
    cluster: { id: 'id', name: 'lab' },
    steps: 1,
    before: {
      entries: [],
      mounts: [
        {
          mount: 'team-a/' as MountPath,
          namespace: '' as Namespace,
          plugin: plugin(KV),
          version: version('v0.16.2'),
        },
      ],
      connections: [],
    },
  }
}
