import { describe, expect, test } from 'vitest'
import type { ServerRequest } from '../../domain/exchange.ts'
import type { LiveMount, LiveState, MountOnNode } from '../../domain/live.ts'
import {
  type MountPath,
  type NodeAddress,
  type PluginId,
  ROOT_NAMESPACE,
  type Sha256,
  type Version,
} from '../../domain/names.ts'
import { twinFromLive } from './from-live.ts'

const [NODE1, NODE2] = ['http://node1:8200', 'http://node2:8200'] as [NodeAddress, NodeAddress]
const OLD = 'a'.repeat(64) as Sha256
const NEW = 'b'.repeat(64) as Sha256
const PLUGIN = 'secret/vkv' as PluginId
const V1 = 'v1.0.0' as Version
const MOUNT = 'a/' as MountPath

function seen(node: NodeAddress, differing: Partial<MountOnNode> = {}): MountOnNode {
  return {
    node,
    configured_version: V1,
    running_version: V1,
    running_sha256: OLD,
    answers: 'yes',
    ...differing,
  }
}

function mount(nodes: readonly MountOnNode[]): LiveMount {
  return {
    path: MOUNT,
    namespace: ROOT_NAMESPACE,
    plugin: PLUGIN,
    accessor: 'vkv_1234',
    configured_version: V1,
    nodes,
  }
}

function liveState(differing: Partial<LiveState> = {}): LiveState {
  return {
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [
      { address: NODE1, role: 'standby', state: 'serving', version: '2.7.2' },
      { address: NODE2, role: 'active', state: 'serving', version: '2.7.2' },
    ],
    catalog: [{ plugin: PLUGIN, version: V1, builtin: false, sha256: OLD, command: 'old' }],
    mounts: [mount([seen(NODE1), seen(NODE2)])],
    connections: [],
    pins: [],
    namespaces: [ROOT_NAMESPACE],
    unreadable: [],
    ...differing,
  }
}

function request(
  method: ServerRequest['method'],
  path: string,
  body?: Record<string, unknown>,
): ServerRequest {
  return { method, path, namespace: ROOT_NAMESPACE, forwarding: false, ...(body && { body }) }
}
const help = request('GET', 'a/?help=1')
const reload = request('POST', 'sys/plugins/reload/backend', { mounts: ['a/'] })

describe('a twin of a live cluster', () => {
  test('runs what was seen to run on each node', () => {
    const live = liveState({
      mounts: [mount([seen(NODE1, { running_sha256: NEW }), seen(NODE2)])],
    })

    const twin = twinFromLive(live)

    expect(twin.active()).toBe(NODE2)
    expect(twin.running(NODE1, MOUNT)).toEqual({
      accessor: 'vkv_1234',
      configured_version: V1,
      running_version: V1,
      running_sha256: NEW,
      answers: true,
      is_registered: true,
      // Another binary than its entry has.
      is_current: false,
      process: expect.any(String) as string,
    })
    expect(twin.running(NODE2, MOUNT)?.running_sha256).toBe(OLD)
  })

  test('has no backend where the mount did not answer, until it is reloaded', () => {
    const down = seen(NODE1, { answers: 'no', detail: 'no handler; backend is nil.' })
    const twin = twinFromLive(liveState({ mounts: [mount([down, seen(NODE2)])] }))

    expect(twin.send(NODE1, help).status).toBe(404)
    expect(twin.send(NODE2, help).status).toBe(200)
    expect(twin.send(NODE1, reload).status).toBe(200)
    expect(twin.send(NODE1, help).status).toBe(200)
  })

  test('tries again what could not start for another reason', () => {
    const words = 'plugin not found in the catalog: vkv, version=v1.0.0'
    const failing = seen(NODE2, { answers: 'no', detail: words })
    const live = liveState({ catalog: [], mounts: [mount([failing])] })

    const answered = twinFromLive(live).send(NODE2, help)

    expect(answered).toEqual({ status: 500, body: { errors: [words] } })
  })

  test('of Vault whose mount had no backend stays read-only after a reload', () => {
    const live = liveState({
      product: 'vault',
      server_version: '1.21.4',
      nodes: [
        { address: NODE1, role: 'standby', state: 'forwarding', version: '1.21.4' },
        { address: NODE2, role: 'active', state: 'serving', version: '1.21.4' },
      ],
      mounts: [mount([seen(NODE2, { answers: 'no' })])],
    })
    const twin = twinFromLive(live)

    expect(twin.send(NODE2, reload).status).toBe(200)

    expect(twin.send(NODE2, request('POST', 'a/foo', { v: '1' })).status).toBe(500)
    expect(twin.send(NODE1, help).status).toBe(307)
  })

  test('lacks a file on the node that cannot read its entry, not the process it runs', () => {
    const lost = { unreadable_on: [{ node: NODE1, reason: 'HTTP 500' }] }
    const [entry] = liveState().catalog
    const twin = twinFromLive(liveState({ catalog: [{ ...entry!, ...lost }] }))

    expect(twin.running(NODE1, MOUNT)?.answers).toBe(true)
    expect(twin.wouldStart(NODE1, MOUNT)).toMatchObject({ kind: 'failed', cause: 'file' })
    expect(twin.wouldStart(NODE2, MOUNT)).toMatchObject({ kind: 'started' })
  })

  test('has the files of what is registered, and no other', () => {
    const register = (command: string) =>
      request('POST', 'sys/plugins/catalog/secret/vkv', {
        version: 'v2.0.0',
        command,
        sha256: NEW,
      })
    const twin = twinFromLive(liveState())

    expect(twin.send(NODE2, register('new')).status).toBe(500)
    expect(twin.send(NODE2, register('old')).status).toBe(204)
    expect(twin.wouldStart(NODE1, MOUNT).kind).toBe('started')
  })

  test('keeps a standby that is behind there until the mount is tuned again', () => {
    const entries = ['v1.0.0', 'v2.0.0'].map((version, at) => ({
      plugin: PLUGIN,
      version: version as Version,
      builtin: false,
      sha256: [OLD, NEW][at]!,
      command: ['old', 'new'][at]!,
    }))
    const tuned = { configured_version: 'v2.0.0' as Version }
    const twin = twinFromLive(
      liveState({
        catalog: entries,
        mounts: [{ ...mount([seen(NODE1), seen(NODE2, tuned)]), ...tuned }],
      }),
    )

    twin.send(NODE1, reload)
    expect(twin.running(NODE1, MOUNT)).toMatchObject({
      configured_version: V1,
      running_sha256: OLD,
    })

    twin.send(NODE2, request('POST', 'sys/mounts/a/tune', { plugin_version: 'v2.0.0' }))
    twin.send(NODE1, reload)
    expect(twin.running(NODE1, MOUNT)).toMatchObject({
      configured_version: 'v2.0.0',
      running_sha256: NEW,
    })
  })

  test('knows the builtin that an unversioned entry hides', () => {
    const jwt = 'auth/jwt' as PluginId
    const unversioned = {
      plugin: jwt,
      version: '' as Version,
      builtin: false,
      sha256: OLD,
      command: 'jwt',
    }
    const twin = twinFromLive(liveState({ catalog: [unversioned], mounts: [] }))

    twin.send(NODE2, request('DELETE', 'sys/plugins/catalog/auth/jwt'))

    expect(twin.send(NODE2, request('GET', 'sys/plugins/catalog/auth/jwt')).body).toMatchObject({
      data: { builtin: true, version: 'v2.7.2+builtin.bao' },
    })
  })
})
