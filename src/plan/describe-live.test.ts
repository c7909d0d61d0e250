import { expect, test } from 'vitest'
import { liveState, plugin, version } from '../../test/builders/live.ts'
import { entryOf, mountOf } from '../../test/builders/safety-input.ts'
import { describeLive } from './describe-live.ts'

const KV = 'secret/my-kv'

test('a pin is what its plugin’s mounts are said to use, whatever they are configured for', () => {
  const live = liveState({
    product: 'vault',
    catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')],
    mounts: [mountOf('team-a/', KV, 'v0.16.2'), mountOf('team-b/', KV, 'v0.21.0')],
    pins: [{ plugin: plugin(KV), version: version('v0.21.0') }],
  })

  const { document, notes } = describeLive(live)

  expect(document.plugins?.[KV]).toMatchObject({ use: 'v0.21.0' })
  expect(document.mounts).toBeUndefined()
  expect(notes).toEqual([`team-a/ is configured for ${KV} v0.16.2, which is pinned to v0.21.0.`])
})

test('what could not be read is said to be missing', () => {
  const reason = 'HTTP 403 permission denied'
  const live = liveState({ unreadable: [{ what: 'mounts', path: 'ns1/sys/mounts', reason }] })

  expect(describeLive(live).notes).toEqual([
    `ns1/sys/mounts could not be read (${reason}): what is there is not in this file.`,
  ])
})
