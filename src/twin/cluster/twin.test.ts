import { describe, expect, test } from 'vitest'
import type { ServerRequest, ServerResponse } from '../../domain/exchange.ts'
import type { Product } from '../../domain/live.ts'
import {
  type MountPath,
  type Namespace,
  type NodeAddress,
  type PluginId,
  ROOT_NAMESPACE,
  type Sha256,
  type Version,
} from '../../domain/names.ts'
import type { PluginFile, TwinOptions } from './seeds.ts'
import { createTwin, type Twin } from './twin.ts'

const [NODE1, NODE2, NODE3] = ['http://node1:8200', 'http://node2:8200', 'http://node3:8200'] as [
  NodeAddress,
  NodeAddress,
  NodeAddress,
]
const OLD = 'a'.repeat(64) as Sha256
const NEW = 'b'.repeat(64) as Sha256
const OTHER = 'c'.repeat(64) as Sha256
const FILES: Record<string, PluginFile> = { old: { sha256: OLD }, new: { sha256: NEW } }
const PLUGIN = 'secret/vkv' as PluginId
const [V1, V2] = ['v1.0.0', 'v2.0.0'] as [Version, Version]
const NIL = /route entry found, but backend is nil/

function cluster(product: Product, options: Partial<TwinOptions> = {}): Twin {
  return createTwin({
    product,
    server_version: product === 'openbao' ? '2.7.2' : '1.21.4',
    cluster: { name: 'lab', id: 'id' },
    nodes: [NODE1, NODE2, NODE3].map((address) => ({ address, files: FILES })),
    catalog: [
      { plugin: PLUGIN, version: V1, command: 'old', sha256: OLD },
      { plugin: PLUGIN, version: V2, command: 'new', sha256: NEW },
    ],
    mounts: ['a/', 'b/', 'c/'].map((path) => ({
      path: path as MountPath,
      plugin: PLUGIN,
      configured_version: V1,
    })),
    ...options,
  })
}

function request(
  method: ServerRequest['method'],
  path: string,
  body?: Record<string, unknown>,
): ServerRequest {
  return { method, path, namespace: ROOT_NAMESPACE, forwarding: false, ...(body && { body }) }
}
const get = (path: string) => request('GET', path)
const post = (path: string, body: Record<string, unknown>) => request('POST', path, body)
const forwarded = (each: ServerRequest): ServerRequest => ({ ...each, forwarding: true })

function tune(twin: Twin, node: NodeAddress, mount: string, version: string): void {
  const answered = twin.send(node, post(`sys/mounts/${mount}/tune`, { plugin_version: version }))
  expect(answered.status).toBe(204)
}
const reload = (twin: Twin, node: NodeAddress, ...mounts: string[]) =>
  twin.send(node, post('sys/plugins/reload/backend', { mounts }))
const help = (twin: Twin, node: NodeAddress, mount: string) =>
  twin.send(node, get(`${mount}?help=1`))
const words = ({ body }: ServerResponse) =>
  ((body as { errors?: string[] } | null)?.errors ?? []).join()
const hash = (twin: Twin, node: NodeAddress, mount: string) =>
  twin.running(node, mount as MountPath)?.running_sha256

describe('a standby', () => {
  test('of OpenBao, restarted without the file, lists the mount and does not answer for it', () => {
    const twin = cluster('openbao')
    twin.removeFile(NODE2, 'old')

    twin.restartNode(NODE2)

    const listed = twin.send(NODE2, get('sys/mounts/a')).body as { data: Record<string, unknown> }
    expect(listed.data).toMatchObject({
      plugin_version: V1,
      running_plugin_version: '',
      running_sha256: '',
    })
    expect(help(twin, NODE2, 'a/').status).toBe(404)
    expect(words(help(twin, NODE2, 'a/'))).toMatch(NIL)
    expect(help(twin, NODE1, 'a/').status).toBe(200)
    expect(twin.wouldStart(NODE2, 'a/' as MountPath)).toMatchObject({
      why: expect.stringContaining('no such file or directory'),
    })
    expect(twin.wouldStart(NODE3, 'a/' as MountPath).kind).toBe('started')
  })

  test('of OpenBao redirects writes that must not be forwarded, and forwards the others', () => {
    const twin = cluster('openbao')
    const write = post('a/foo', { v: '1' })

    expect(twin.send(NODE2, write).status).toBe(307)
    expect(twin.send(NODE2, forwarded(write)).status).toBe(204)
    expect(twin.send(NODE3, get('a/foo')).body).toMatchObject({ data: { v: '1' } })
  })

  test('of Vault runs nothing until it is active', () => {
    const twin = cluster('vault')

    expect(twin.running(NODE2, 'a/' as MountPath)).toBeUndefined()
    twin.stepDown()

    expect(twin.active()).toBe(NODE2)
    expect(hash(twin, NODE2, 'a/')).toBe(OLD)
    expect(twin.running(NODE1, 'a/' as MountPath)).toBeUndefined()
  })
})

describe('a reload', () => {
  test('changes the mount on the asked node, and on no other', () => {
    const twin = cluster('openbao')
    tune(twin, NODE1, 'a', V2)

    expect(reload(twin, NODE2, 'a/').status).toBe(200)

    const hashes = [NODE1, NODE2, NODE3].map((node) => hash(twin, node, 'a/'))
    expect(hashes).toEqual([OLD, NEW, OLD])
  })

  test('with scope global reaches the standbys of OpenBao', () => {
    const twin = cluster('openbao')
    tune(twin, NODE1, 'a', V2)

    twin.send(NODE1, post('sys/plugins/reload/backend', { mounts: ['a/'], scope: 'global' }))

    const hashes = [NODE1, NODE2, NODE3].map((node) => hash(twin, node, 'a/'))
    expect(hashes).toEqual([NEW, NEW, NEW])
  })

  test.each([
    ['openbao', NEW],
    ['vault', OLD],
  ] as const)('of many mounts, one of which fails: %s', (product, last) => {
    const twin = cluster(product)
    tune(twin, NODE1, 'a', V2)
    tune(twin, NODE1, 'c', V2)

    const answered = reload(twin, NODE1, 'a/', 'nope/', 'c/')

    expect(words(answered)).toBe('1 error occurred:\n\t* cannot fetch mount entry on "nope/"\n\n')
    expect(hash(twin, NODE1, 'a/')).toBe(NEW)
    expect(hash(twin, NODE1, 'c/')).toBe(last)
  })

  test('by plugin name stops at the first mount that fails', () => {
    const twin = cluster('openbao', {
      catalog: [
        { plugin: PLUGIN, version: V1, command: 'old', sha256: OLD },
        { plugin: PLUGIN, version: V2, command: 'new', sha256: OTHER },
      ],
    })
    twin.send(NODE1, post('sys/plugins/catalog/secret/vkv', entry('v3.0.0', 'new', NEW)))
    tune(twin, NODE1, 'a', 'v3.0.0')
    tune(twin, NODE1, 'b', V2)
    tune(twin, NODE1, 'c', 'v3.0.0')

    const answered = twin.send(NODE1, post('sys/plugins/reload/backend', { plugin: 'vkv' }))

    expect(words(answered)).toBe(
      'invalid backend version: 2 errors occurred:\n\t* checksums did not match\n\t* checksums did not match\n\n',
    )
    expect(hash(twin, NODE1, 'a/')).toBe(NEW)
    expect(hash(twin, NODE1, 'c/')).toBe(OLD)
  })

  test('ends the process of the mounts that share it, which start again with the registered entry', () => {
    const twin = cluster('openbao')
    tune(twin, NODE1, 'a', V2)
    reload(twin, NODE1, 'a/')
    twin.send(NODE1, request('DELETE', 'sys/plugins/catalog/secret/vkv?version=v1.0.0'))

    const sibling = help(twin, NODE1, 'b/')

    expect(sibling.status).toBe(500)
    expect(words(sibling)).toBe('plugin not found in the catalog: vkv, version=v1.0.0')
    expect(twin.running(NODE1, 'b/' as MountPath)?.answers).toBe(false)
    expect(help(twin, NODE2, 'b/').status).toBe(200)
  })

  test('of a program of another kind fails, and takes the mount down on OpenBao', () => {
    const twin = cluster('openbao')
    twin.putFile(NODE1, 'new', { sha256: NEW, type: 'database' })
    tune(twin, NODE1, 'a', V2)

    expect(words(reload(twin, NODE1, 'a/'))).toContain('Unrecognized remote plugin message')
    expect(words(help(twin, NODE1, 'a/'))).toMatch(NIL)
  })
})

function entry(version: string, command: string, sha256: string): Record<string, unknown> {
  return { version, command, sha256 }
}

describe('a version in use that was deregistered', () => {
  const deregister = request('DELETE', 'sys/plugins/catalog/secret/vkv?version=v1.0.0')
  const register = post('sys/plugins/catalog/secret/vkv', entry('v1.0.0', 'old', OLD))

  test('on Vault leaves the mount read-only until the next unseal', () => {
    const twin = cluster('vault')
    twin.send(NODE1, post('a/foo', { v: '1' }))
    twin.send(NODE1, deregister)
    twin.stepDown()
    expect(words(help(twin, NODE2, 'a/'))).toMatch(NIL)
    expect(hash(twin, NODE2, 'a/')).toBe(OLD)

    twin.send(NODE2, register)
    reload(twin, NODE2, 'a/')

    expect(twin.send(NODE2, get('a/foo')).body).toMatchObject({ data: { v: '1' } })
    const write = twin.send(NODE2, post('a/foo', { v: '2' }))
    expect(write.status).toBe(500)
    expect(words(write)).toContain('cannot write to storage during setup')
    twin.stepDown()
    expect(twin.send(NODE3, post('a/foo', { v: '2' })).status).toBe(204)
  })

  test('on OpenBao is writable after a reload', () => {
    const twin = cluster('openbao')
    twin.send(NODE1, deregister)
    twin.stepDown()
    expect(words(help(twin, NODE2, 'a/'))).toMatch(NIL)
    expect(hash(twin, NODE2, 'a/')).toBe('unknown')

    twin.send(NODE2, register)
    reload(twin, NODE2, 'a/')

    expect(twin.send(NODE2, post('a/foo', { v: '2' })).status).toBe(204)
  })
})

describe("a mount left on its builtin's version", () => {
  const jwt = { path: 'auth/jwt/' as MountPath, plugin: 'auth/jwt' as PluginId }
  const leave = (twin: Twin) =>
    twin.send(NODE1, post('sys/auth/jwt/tune', { plugin_version: 'v2.7.2+builtin.bao' }))

  test('has none after the next change of leader on OpenBao', () => {
    const twin = cluster('openbao', { mounts: [jwt] })
    expect(leave(twin).status).toBe(204)

    twin.stepDown()

    expect(twin.running(NODE2, jwt.path)?.configured_version).toBe('')
    expect(twin.send(NODE1, get('sys/mounts')).status).toBe(200)
  })

  test('with namespaces, no node can be set up after the next change of leader', () => {
    const twin = cluster('openbao', { mounts: [jwt], namespaces: ['ns1/' as Namespace] })
    leave(twin)
    twin.restartNode(NODE3)
    expect(twin.send(NODE3, get('sys/mounts')).status).toBe(200)

    twin.stepDown()

    expect(twin.active()).toBe(NODE2)
    expect(twin.send(NODE1, get('sys/mounts')).status).toBe(307)
    expect(words(help(twin, NODE1, 'auth/jwt/'))).toBe('please forward to the active node')
    expect(twin.send(NODE1, forwarded(get('sys/mounts'))).status).toBe(200)
    expect(twin.send(NODE3, get('sys/mounts')).status).toBe(200)

    twin.restartNode(NODE1)
    expect(twin.send(NODE1, get('sys/mounts')).status).toBe(307)

    twin.stepDown()
    expect(twin.active()).toBeUndefined()
  })

  test('is safe for a namespace that is made after the change of leader', () => {
    const twin = cluster('openbao', { mounts: [jwt] })
    leave(twin)
    twin.stepDown()
    twin.send(NODE2, post('sys/namespaces/ns1', {}))

    twin.stepDown()
    twin.stepDown()

    expect(twin.active()).toBeDefined()
  })

  test('is safe if it is tuned to another version before the leader changes', () => {
    const twin = cluster('openbao', { mounts: [jwt], namespaces: ['ns1/' as Namespace] })
    leave(twin)
    const entry = { command: 'new', sha256: NEW, version: 'v0.26.1' }
    twin.send(NODE1, post('sys/plugins/catalog/auth/jwt', entry))
    twin.send(NODE1, post('sys/auth/jwt/tune', { plugin_version: 'v0.26.1' }))

    twin.stepDown()
    twin.stepDown()

    expect(twin.active()).toBeDefined()
  })

  test('does not start while an unversioned entry hides the builtin', () => {
    const twin = cluster('openbao', { mounts: [jwt] })
    leave(twin)
    twin.send(NODE1, post('sys/plugins/catalog/auth/jwt', { command: 'new', sha256: NEW }))

    expect(words(reload(twin, NODE1, 'auth/jwt/'))).toContain(
      'plugin not found in the catalog: jwt, version=v2.7.2+builtin.bao',
    )
  })
})

describe('enabling', () => {
  const enable = (twin: Twin, type: string, version?: string) =>
    twin.send(
      NODE1,
      post('sys/mounts/new', { type, ...(version && { config: { plugin_version: version } }) }),
    )

  test('uses the highest registered version if the request names none', () => {
    const twin = cluster('openbao')

    expect(enable(twin, 'vkv').status).toBe(204)

    expect(twin.running(NODE3, 'new/' as MountPath)).toMatchObject({
      configured_version: V2,
      running_sha256: NEW,
    })
  })

  test('is refused if the plugin does not start, and nothing is mounted', () => {
    const twin = cluster('openbao')
    twin.putFile(NODE1, 'new', { sha256: OTHER })

    expect(words(enable(twin, 'vkv', V2))).toContain('checksums did not match')
    expect(twin.send(NODE1, get('sys/mounts/new')).status).toBe(400)
  })

  test('is refused for a program of another type', () => {
    const twin = cluster('openbao')
    twin.putFile(NODE1, 'new', { sha256: NEW, type: 'auth' })

    expect(words(enable(twin, 'vkv', V2))).toBe('unknown backend type: "vkv"')
  })
})

test('a program that reports its version is registered under that version, and starts only under it', () => {
  const twin = cluster('openbao')
  twin.putFile(NODE1, 'new', { sha256: NEW, version: 'v3.1.0' as Version })

  twin.send(NODE1, post('sys/plugins/catalog/secret/x', { command: 'new', sha256: NEW }))

  expect(twin.send(NODE1, get('sys/plugins/catalog/secret/x')).status).toBe(404)
  expect(twin.send(NODE1, get('sys/plugins/catalog/secret/x?version=v3.1.0')).status).toBe(200)
  expect(twin.send(NODE1, post('sys/mounts/x', { type: 'x' })).status).toBe(204)
  tune(twin, NODE1, 'a', V2)
  expect(words(reload(twin, NODE1, 'a/'))).toContain('plugin version mismatch')
})

describe('the cluster', () => {
  test('has no leader while most nodes are down, and has one again when they are up', () => {
    const twin = cluster('openbao')

    twin.stopNode(NODE1)
    expect(twin.active()).toBe(NODE2)
    twin.seal(NODE3)
    expect(twin.active()).toBeUndefined()
    expect(words(twin.send(NODE2, forwarded(post('a/foo', { v: '1' }))))).toBe(
      'local node not active but active cluster node not found',
    )
    expect(twin.send(NODE3, get('sys/mounts')).status).toBe(503)
    expect(twin.send(NODE3, get('sys/health')).status).toBe(503)
    expect(() => twin.send(NODE1, get('sys/health'))).toThrow(/ECONNREFUSED/)

    twin.startNode(NODE1)
    expect(twin.active()).toBeDefined()
    expect(twin.send(NODE1, forwarded(post('a/foo', { v: '1' }))).status).toBe(204)
  })

  test('stores a versioned secret with its check-and-set', () => {
    const twin = cluster('openbao', {
      mounts: [
        {
          path: 'kv/' as MountPath,
          plugin: 'secret/kv' as PluginId,
          options: { version: '2' },
        },
      ],
    })
    const write = (cas: number) =>
      twin.send(NODE1, post('kv/data/lock', { data: { run: '1' }, options: { cas } }))

    expect(write(0).status).toBe(200)
    expect(words(write(0))).toContain('check-and-set parameter did not match')
    expect(write(1).body).toMatchObject({ data: { version: 2 } })
    expect(twin.send(NODE1, get('kv/data/lock')).body).toMatchObject({
      data: { data: { run: '1' }, metadata: { version: 2 } },
    })
  })

  test('reads a request that names its namespace in the path', () => {
    const namespace = 'ns1/' as Namespace
    const twin = cluster('openbao', {
      namespaces: [namespace],
      mounts: [{ path: 'ns1/a/' as MountPath, namespace, plugin: PLUGIN, configured_version: V1 }],
    })

    expect(help(twin, NODE1, 'ns1/a/').status).toBe(200)
    expect(twin.send(NODE1, { ...get('a/?help=1'), namespace }).status).toBe(200)
    expect(twin.send(NODE1, { ...get('sys/mounts'), namespace: 'no/' as Namespace }).status).toBe(
      404,
    )
    expect(reload(twin, NODE1, 'ns1/a/').status).toBe(200)
  })

  test('refuses to disable a mount', () => {
    const twin = cluster('openbao')

    expect(twin.send(NODE1, request('DELETE', 'sys/mounts/a')).status).toBe(405)
    expect(twin.mountPaths()).toEqual(['a/', 'b/', 'c/'])
  })
})

describe('a mount on latest (OpenBao 2.7.2)', () => {
  const path = 'a/' as MountPath
  const onNode1 = (twin: Twin) => twin.running(NODE1, path)
  const reload = (twin: Twin) =>
    twin.send(NODE1, post('sys/plugins/reload/backend', { mounts: ['a/'] }))
  const deregister = (twin: Twin, version: Version) =>
    twin.send(NODE1, request('DELETE', `sys/plugins/catalog/${PLUGIN}?version=${version}`))

  test('stays configured for latest, and runs the highest version after its next reload', () => {
    const twin = cluster('openbao')
    tune(twin, NODE1, 'a', 'latest')
    expect(onNode1(twin)).toMatchObject({ configured_version: 'latest', running_sha256: OLD })

    reload(twin)
    expect(onNode1(twin)).toMatchObject({ configured_version: 'latest', running_version: V2 })
    expect(twin.running(NODE2, path)).toMatchObject({ running_sha256: OLD })
  })

  test('falls back to the next lower version, and goes down after the last is deregistered', () => {
    const twin = cluster('openbao')
    tune(twin, NODE1, 'a', 'latest')
    deregister(twin, V2)
    reload(twin)
    expect(onNode1(twin)).toMatchObject({ running_version: V1, answers: true })

    deregister(twin, V1)
    const { status, body } = reload(twin)
    expect([status, JSON.stringify(body)]).toEqual([
      400,
      expect.stringContaining('plugin not found in the catalog: vkv, version=latest'),
    ])
    expect(onNode1(twin)).toMatchObject({ answers: false })
  })

  test('is refused by Vault: latest is no semantic version', () => {
    const twin = cluster('vault')
    const { status } = twin.send(NODE1, post('sys/mounts/a/tune', { plugin_version: 'latest' }))
    expect(status).toBe(400)
  })
})
