import { describe, expect, test } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
import { makeTwin } from '../../test/property/drive-twin.ts'
import { DATABASE_MOUNT } from '../../test/property/palette.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import type { LiveState, Product } from '../domain/live.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import { createClient } from '../server/client.ts'
import { readSecretMounts } from '../server/requests.ts'
import { observe } from './observe.ts'

const STANDBY = nodeAddress(2)
const FORWARDED: ServerResponse = { status: 307, body: undefined }
const REFUSED: ServerResponse = { status: 403, body: { errors: ['permission denied'] } }
const BEHIND: ServerResponse = { status: 200, body: { data: {} } }

/** A cluster whose second node lists its mounts as `answer` the first `times` times. */
async function readCluster(
  product: Product,
  answer: ServerResponse,
  times: number,
): Promise<{ live: LiveState; waited: number }> {
  const twin = makeTwin({ product, nodes: 3, deeds: [] })
  let left = times
  let waited = 0
  const client = createClient({
    transport: {
      send: (node, request) => {
        const { path, namespace } = request
        if (node !== STANDBY || path !== 'sys/mounts' || namespace !== '' || left === 0) {
          return Promise.resolve(twin.send(node, request))
        }
        left -= 1
        return Promise.resolve(answer)
      },
      close: () => Promise.resolve(),
    },
    wait: (milliseconds) => {
      waited += milliseconds
      return Promise.resolve()
    },
  })
  return { live: await observe(client, { address: nodeAddress(1) }), waited }
}

describe('a standby that is behind the active node', () => {
  test.each([
    ['does not know the token', FORWARDED],
    ['refuses the token', REFUSED],
    ['does not list a mount yet', BEHIND],
  ])('and %s is asked again', async (_, answer) => {
    const { live, waited } = await readCluster('openbao', answer, 2)

    expect(live.nodes.map(({ state }) => state)).toEqual(['serving', 'serving', 'serving'])
    expect(live.unreadable).toEqual([])
    expect(live.mounts.map(({ nodes }) => nodes.length)).toEqual([3, 3])
    expect(waited).toBeGreaterThan(0)
  })

  test('and stays behind is shown with its own view', async () => {
    const { live } = await readCluster('openbao', REFUSED, Infinity)

    expect(live.unreadable).toEqual([
      {
        what: 'mounts',
        path: 'sys/mounts',
        node: STANDBY,
        reason: 'HTTP 403 permission denied',
        denied: true,
      },
    ])
  })
})

describe('a standby that lists another mount at a path than the active node does', () => {
  test.each([
    ['plugin', { type: 'jwt' }],
    ['accessor', { accessor: 'secret_other' }],
  ])('by its %s is asked again, then reported', async (_, other) => {
    const twin = makeTwin({ product: 'openbao', nodes: 1, deeds: [] })
    const { body } = twin.send(nodeAddress(1), readSecretMounts(ROOT_NAMESPACE))
    const { data } = body as { data: Record<string, object> }
    const path = DATABASE_MOUNT
    const answer = { status: 200, body: { data: { ...data, [path]: { ...data[path], ...other } } } }

    expect((await readCluster('openbao', answer, 2)).live.unreadable).toEqual([])
    const { live, waited } = await readCluster('openbao', answer, Infinity)
    expect(waited).toBeGreaterThan(0)
    expect(live.unreadable).toMatchObject([{ what: 'mounts', path, node: STANDBY }])
    expect(live.mounts.map(({ plugin }) => plugin)).toEqual(['secret/database', 'secret/kv'])
  })
})

test.each(['openbao', 'vault'] as const)(
  'nothing is waited for on %s if all nodes answer alike',
  async (product) => {
    expect((await readCluster(product, BEHIND, 0)).waited).toBe(0)
  },
)

test('an entry whose name no request can contain is left out, and the reason is reported', async () => {
  const twin = makeTwin({ product: 'openbao', nodes: 3, deeds: [] })
  const names = ['kv ', 'k\u200bv', 'x'.repeat(513), 'a..b']
  const client = createClient({
    transport: {
      send: (node, request) => {
        const answer = twin.send(node, request)
        if (request.path !== 'sys/plugins/catalog') return Promise.resolve(answer)
        const { data } = answer.body as { data: { detailed: readonly object[] } }
        const odd = names.map((name) => ({ type: 'secret', name, version: '', builtin: false }))
        const detailed = [...data.detailed, ...odd]
        return Promise.resolve({ ...answer, body: { data: { ...data, detailed } } })
      },
      close: () => Promise.resolve(),
    },
    wait: () => Promise.resolve(),
  })

  const { catalog, unreadable } = await observe(client, { address: nodeAddress(1) })

  expect(catalog.some(({ plugin }) => names.includes(plugin.replace('secret/', '')))).toBe(false)
  expect(unreadable.map(({ what, reason }) => `${what}: ${reason}`).sort()).toEqual([
    'catalog-name: left out, because its name has a space at the beginning or the end of a segment, which servers cut off',
    'catalog-name: left out, because its name has the character U+200B in it',
    'catalog-name: left out, because its name has two dots in a row, which no plugin’s name may have',
    'catalog-name: left out, because its name is longer than 512 characters',
  ])
})
