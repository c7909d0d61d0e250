import { beforeEach, describe, expect, it } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
import type { ServerRequest, ServerResponse } from '../domain/exchange.ts'
import { EXIT, type LockstepError } from '../domain/errors.ts'
import type { Client } from '../server/client.ts'
import {
  type ClusterLock,
  forceRelease,
  readClusterLock,
  takeClusterLock,
  type LockObserver,
} from './cluster-lock.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const KV = 'locks/lockstep'
const node = nodeAddress(1)
const here: LockObserver = { pid: 1, machine: 'here', isAlive: () => true }

let secret: { version: number; data: Record<string, unknown> }
let mount: { type: string; options: Record<string, string> } | undefined
beforeEach(() => {
  secret = { version: 0, data: {} }
  mount = { type: 'kv', options: { version: '2' } }
})

it('is held by one run at a time, and another run gets the holder’s name', async () => {
  await take('one', here)

  const second = await take('two', { ...here, pid: 2 }).catch((error: unknown) => error)

  expect(second).toMatchObject({ code: 'locked', exitCode: EXIT.locked })
  expect(String(second)).toContain('run one')
  expect((second as LockstepError).hint).toContain('lockstep lock show -f x')
})

describe('the lock of a dead run', () => {
  const dead = (): boolean => false

  it('is free if its process was one of this machine', async () => {
    await take('one', here)

    await take('two', { pid: 2, machine: 'here', isAlive: dead })

    expect(secret.data).toMatchObject({ run: 'two', pid: 2 })
  })

  it.each([{ machine: 'there' }, { machine: undefined }])(
    'is held if it is unknown whether the process lives: $machine',
    async ({ machine }) => {
      await take('one', { ...here, machine })

      const second = take('two', { pid: 2, machine: machine && 'here', isAlive: dead })

      await expect(second).rejects.toMatchObject({ code: 'locked' })
    },
  )
})

describe('a lock that a person releases', () => {
  it('is no longer its holder’s, and the holder notices that when it checks', async () => {
    const first = await take('one', here)
    await first.checkOwner()
    expect(first.isOurs()).toBe(true)

    expect(await forceRelease(claim('', here), secret.version)).toBe(true)
    await take('two', { ...here, pid: 2 })
    await first.checkOwner()

    expect(first.isOurs()).toBe(false)
    await first.release()
    expect(secret.data).toMatchObject({ run: 'two', released: false })
  })

  it('is left alone if it was taken since the person saw it', async () => {
    const shown = await readClusterLock(claim('', here))
    await take('one', here)

    expect(await forceRelease(claim('', here), shown.version)).toBe(false)
    expect(secret.data).toMatchObject({ run: 'one', released: false })
  })
})

it.each([{ password: 'x' }, { run: 'my own', password: 'x' }])(
  'does not overwrite a secret that is not a lock: %j',
  async (data) => {
    secret = { version: 3, data }

    await expect(take('one', here)).rejects.toMatchObject({ code: 'not-a-lock' })
    expect(secret).toEqual({ version: 3, data })
  },
)

describe('a lock path that cannot be used is an error with a fix, if', () => {
  it('nothing is mounted', async () => {
    mount = undefined

    await expect(take('one', here)).rejects.toMatchObject({
      code: 'lock-not-mounted',
      hint: expect.stringContaining('-version=2 -path=locks kv') as string,
    })
  })

  it('the mount keeps no versions', async () => {
    mount = { type: 'kv', options: { version: '1' } }

    await expect(take('one', here)).rejects.toMatchObject({ code: 'lock-not-kv2' })
    expect(secret.data).toEqual({})
  })
})

function claim(run: string, watcher: LockObserver) {
  return { client, node, kv: KV, run, who: `me, ${run}`, since: 'then', watcher }
}

function take(run: string, watcher: LockObserver): Promise<ClusterLock> {
  return takeClusterLock({
    ...claim(run, watcher),
    node: () => Promise.resolve(node),
    show: 'lockstep lock show -f x',
    every: () => () => undefined,
    clock: () => NOW,
  })
}

/** A server with one KV mount, written like version 2. */
const client = {
  ask: (_, request) => Promise.resolve(answerTo(request)),
  write: (_, request) => Promise.resolve({ kind: 'answered', response: answerTo(request) }),
} as Pick<Client, 'ask' | 'write'> as Client

function answerTo({ method, path, body }: ServerRequest): ServerResponse {
  if (path.startsWith('sys/health')) return ok({ server_time_utc: NOW / 1000 })
  if (mount === undefined) return { status: 404, body: { errors: ['no handler for route'] } }
  if (path.startsWith('sys/internal/ui/mounts/')) return ok({ data: mount })
  if (method === 'GET') {
    if (secret.version === 0) return { status: 404, body: { errors: [] } }
    const metadata = { version: secret.version, created_time: new Date(NOW).toISOString() }
    return ok({ data: { data: secret.data, metadata } })
  }
  const { options, data } = body as { options: { cas: number }; data: Record<string, unknown> }
  if (mount.options['version'] !== '2') return { status: 204, body: undefined }
  if (options.cas !== secret.version) {
    return { status: 400, body: { errors: ['check-and-set parameter did not match'] } }
  }
  secret = { version: secret.version + 1, data }
  return ok({ data: { version: secret.version } })
}

function ok(body: unknown): ServerResponse {
  return { status: 200, body }
}
