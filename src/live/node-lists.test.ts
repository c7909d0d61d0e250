/** Counts the requests if a standby's list of mounts differs from the active node's. */
import { expect, test } from 'vitest'
import { mountPath, nodeAddress, plugin, sha256Of, version } from '../../test/builders/live.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import type { LiveState } from '../domain/live.ts'
import type { MountPath } from '../domain/names.ts'
import { type Client, createClient } from '../server/client.ts'
import { createTwin } from '../twin/cluster/twin.ts'
import { observe } from './observe.ts'

const KV = plugin('secret/x-kv')
const VERSION = version('v1.0.0')
const MOUNTS = ['a/', 'b/', 'c/'].map(mountPath)
const [A, B, C] = MOUNTS as [MountPath, MountPath, MountPath]
const NODES = [1, 2, 3].map(nodeAddress)
const [ACTIVE, BEHIND] = [nodeAddress(1), nodeAddress(2)]

class Cluster {
  /** Node and path of each request, in order. */
  asked: string[] = []
  waited = 0
  /** The mounts that the standby `BEHIND` does not list. Called for each of its lists. */
  missing: () => readonly MountPath[] = () => []
  readonly client: Client

  constructor() {
    const twin = createTwin({
      product: 'openbao',
      server_version: '2.7.2',
      cluster: { name: 'lab', id: 'id' },
      nodes: NODES.map((address) => ({
        address,
        files: { kv: { sha256: sha256Of(KV, VERSION) } },
      })),
      catalog: [
        {
          plugin: KV,
          version: VERSION,
          command: 'kv',
          sha256: sha256Of(KV, VERSION),
          args: [],
          declarative: false,
        },
      ],
      mounts: MOUNTS.map((path) => ({ path, plugin: KV, configured_version: VERSION })),
    })
    this.client = createClient({
      transport: {
        send: (node, request) => {
          this.asked.push(`${node} ${request.path}`)
          const answer = twin.send(node, request)
          const isShort = node === BEHIND && request.path === 'sys/mounts'
          return Promise.resolve(isShort ? without(answer, this.missing()) : answer)
        },
        close: () => Promise.resolve(),
      },
      wait: (milliseconds) => {
        this.waited += milliseconds
        return Promise.resolve()
      },
    })
  }

  /** Reads the cluster. `asked` and `waited` contain only this reading. */
  async read(): Promise<LiveState> {
    this.asked = []
    this.waited = 0
    return observe(this.client, { address: ACTIVE, plugins: new Set([KV]) })
  }

  times(path: string): readonly number[] {
    return NODES.map((node) => this.asked.filter((one) => one === `${node} ${path}`).length)
  }
}

function without(answer: ServerResponse, missing: readonly MountPath[]): ServerResponse {
  const { data } = answer.body as { data: Record<string, unknown> }
  const left = Object.entries(data).filter(([path]) => !missing.includes(path as MountPath))
  return { ...answer, body: { data: Object.fromEntries(left) } }
}

function viewsOf(live: LiveState, path: MountPath): readonly string[] {
  return live.mounts.find((mount) => mount.path === path)?.nodes.map(({ answers }) => answers) ?? []
}

test('nodes that agree are read once', async () => {
  const cluster = new Cluster()

  await cluster.read()

  expect(cluster.asked.filter((one, at) => cluster.asked.indexOf(one) !== at)).toEqual([])
  expect(cluster.waited).toBe(0)
})

test('a list that lacks a mount is read again, with the active node’s, and nothing else is', async () => {
  const cluster = new Cluster()
  cluster.missing = () => [B]

  const live = await cluster.read()

  expect(viewsOf(live, B)).toEqual(['yes', 'yes'])
  expect(cluster.times('sys/mounts')).toEqual([4, 4, 1])
  expect(cluster.times('b/?help=1')).toEqual([1, 0, 1])
  for (const path of [A, C]) expect(cluster.times(`${path}?help=1`)).toEqual([1, 1, 1])
  const repeated = cluster.asked.filter((one, at) => cluster.asked.indexOf(one) !== at)
  expect(new Set(repeated)).toEqual(
    new Set([ACTIVE, BEHIND].flatMap((node) => [`${node} sys/mounts`, `${node} sys/auth`])),
  )
})

test('a difference that remains is not waited for twice', async () => {
  const cluster = new Cluster()
  cluster.missing = () => [B]
  await cluster.read()

  await cluster.read()

  expect(cluster.waited).toBe(0)
  expect(cluster.times('sys/mounts')).toEqual([1, 1, 1])

  // Another difference is waited for.
  cluster.missing = () => [B, C]
  await cluster.read()

  expect(cluster.waited).toBeGreaterThan(0)
})

test('a standby that lists a mount later is asked only for that mount', async () => {
  const cluster = new Cluster()
  let lists = 0
  cluster.missing = () => ((lists += 1) === 1 ? [B] : [])

  const live = await cluster.read()

  expect(viewsOf(live, B)).toEqual(['yes', 'yes', 'yes'])
  expect(cluster.times('sys/mounts')).toEqual([2, 2, 1])
  for (const path of MOUNTS) expect(cluster.times(`${path}?help=1`)).toEqual([1, 1, 1])
})
