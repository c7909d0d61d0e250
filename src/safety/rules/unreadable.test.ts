import { expect, test } from 'vitest'
import { nodeAddress } from '../../../test/builders/live.ts'
import { safetyInput } from '../../../test/builders/safety-input.ts'
import { unreadableParts } from './unreadable.ts'

test('reports what could not be read once, with the nodes that refused', () => {
  const [reason, denied] = ['HTTP 403 permission denied', true as const]
  const input = safetyInput({
    live: {
      unreadable: [
        { what: 'mounts', path: 'ns1/sys/mounts', node: nodeAddress(1), reason, denied },
        { what: 'mounts', path: 'ns1/sys/mounts', node: nodeAddress(2), reason, denied },
      ],
    },
  })

  expect(unreadableParts.judge(input)).toEqual([
    {
      subject: 'ns1/sys/mounts',
      message: `ns1/sys/mounts could not be read on ${nodeAddress(1)} and ${nodeAddress(2)}: ${reason}.`,
      nodes: [nodeAddress(1), nodeAddress(2)],
    },
  ])
})

test('groups connections by their mount, and entries by their plugin', () => {
  const reason = 'HTTP 500'
  const input = safetyInput({
    live: {
      unreadable: [
        { what: 'connections', path: 'db/config/a', reason },
        { what: 'connections', path: 'db/config/b', reason },
        { what: 'connections', path: 'other/config', reason },
        {
          what: 'catalog-entry',
          path: 'sys/plugins/catalog/secret/my-kv?version=v0.21.0',
          reason,
        },
      ],
    },
  })

  expect(unreadableParts.judge(input).map(({ subject, message }) => [subject, message])).toEqual([
    ['db/', '2 paths of db/ could not be read: HTTP 500.'],
    ['other/', 'other/config could not be read: HTTP 500.'],
    [
      'secret/my-kv',
      'sys/plugins/catalog/secret/my-kv?version=v0.21.0 could not be read: HTTP 500.',
    ],
  ])
})

test('names the token only if its rights were the reason', () => {
  const input = safetyInput({
    live: {
      unreadable: [
        {
          what: 'catalog-entry',
          path: 'sys/plugins/catalog/secret/my-kv?version=v0.21.0',
          reason: 'HTTP 500 no such file or directory',
        },
        { what: 'pins', path: 'sys/plugins/pins', reason: 'HTTP 500 internal error' },
      ],
    },
  })

  expect(unreadableParts.judge(input).map(({ fix }) => fix)).toEqual([
    expect.stringContaining('Copy its file to the plugin directory'),
    expect.stringContaining('node’s log'),
  ])
})

test('ignores an entry that only a standby cannot read', () => {
  const path = 'sys/plugins/catalog/secret/my-kv?version=v0.21.0'
  const [what, reason] = ['catalog-entry' as const, 'HTTP 500']
  const input = safetyInput({
    live: { unreadable: [{ what, path, node: nodeAddress(2), reason }] },
  })

  expect(unreadableParts.judge(input)).toEqual([])
})
