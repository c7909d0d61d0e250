import { describe, expect, it } from 'vitest'
import type { Action } from '../documents/plan.generated.ts'
import planSchema from '../../schemas/plan.schema.json' with { type: 'json' }
import type {
  ConnectionPath,
  MountPath,
  Namespace,
  NodeAddress,
  PluginId,
  Sha256,
  Version,
} from '../domain/names.ts'
import * as requests from './requests.ts'

const plugin = 'secret/my-kv' as PluginId
const version = 'v1.2.3' as Version
const unversioned = '' as Version
const root = '' as Namespace
const inside = 'ns1/' as Namespace
const node = 'https://10.0.0.1:8200' as NodeAddress
const entry = { command: 'kv', sha256: 'a'.repeat(64) as Sha256, args: [] }

const ACTIONS: readonly Action[] = [
  { kind: 'register', plugin, version, entry, env: [] },
  { kind: 'enable', mount: 'team-a/' as MountPath, namespace: root, plugin, version },
  { kind: 'tune', mount: 'auth/jwt/' as MountPath, namespace: root, version },
  { kind: 'repoint', connection: 'db/config/a' as ConnectionPath, namespace: root, version },
  { kind: 'reload', node, namespace: root, mounts: ['a/' as MountPath, 'auth/b/' as MountPath] },
  { kind: 'deregister', plugin, version },
]

describe('the requests of actions', () => {
  it('has one for every kind of action the plan knows', () => {
    const kinds = planSchema.$defs.action.oneOf.map(({ properties }) => properties.kind.const)
    expect(ACTIONS.map(({ kind }) => kind).sort()).toEqual(kinds.sort())
  })

  it.each(ACTIONS)('never disables or moves a mount: $kind', (action) => {
    const { method, path } = requests.requestOf(action)
    expect(path).not.toMatch(/remount|disable/)
    if (method === 'DELETE') expect(path).toMatch(/^sys\/plugins\/catalog\//)
  })

  it('has no other function that sends anything but a read, a lock or a token’s renewal', () => {
    const writers = Object.entries(requests)
      .filter(([name]) => !name.startsWith('read') && !name.startsWith('list'))
      .map(([name]) => name)
    expect(writers.sort()).toEqual(['mountApiPath', 'renewToken', 'requestOf', 'writeLock'])
  })

  it('reloads by naming the mounts, on the node itself, in the mounts’ namespace', () => {
    const mounts = ['ns1/team-a/' as MountPath, 'ns1/auth/jwt/' as MountPath]
    expect(requests.requestOf({ kind: 'reload', node, namespace: inside, mounts })).toEqual({
      method: 'POST',
      path: 'sys/plugins/reload/backend',
      body: { mounts: ['team-a/', 'auth/jwt/'] },
      namespace: 'ns1/',
      forwarding: false,
    })
  })

  it('says the version whenever a mount is made with one, since the highest is taken otherwise', () => {
    const made = requests.requestOf({
      kind: 'enable',
      mount: 'auth/jwt/' as MountPath,
      namespace: root,
      plugin: 'auth/jwt' as PluginId,
      version,
    })
    expect(made).toMatchObject({
      path: 'sys/auth/jwt',
      body: { type: 'jwt', config: { plugin_version: 'v1.2.3' } },
    })
  })

  it('names no version for an unversioned entry, and escapes one that has a plus', () => {
    const remove = (at: Version) =>
      requests.requestOf({ kind: 'deregister', plugin, version: at }).path
    expect(remove(unversioned)).toBe('sys/plugins/catalog/secret/my-kv')
    expect(remove('v1.0.0+ent' as Version)).toBe(
      'sys/plugins/catalog/secret/my-kv?version=v1.0.0%2Bent',
    )
  })

  it('sends only the version of a connection, so that its password and settings stay', () => {
    const at = { connection: 'db/config/orders' as ConnectionPath, namespace: root }
    const { path, body } = requests.requestOf({ kind: 'repoint', ...at, version })
    expect({ path, body }).toEqual({
      path: 'db/config/orders',
      body: { plugin_version: 'v1.2.3' },
    })
  })

  it('passes the environment of a registration, and leaves out what is empty', () => {
    const register = { kind: 'register' as const, plugin, version: unversioned, entry, env: [] }
    expect(requests.requestOf(register).body).toEqual({
      sha256: entry.sha256,
      command: 'kv',
    })
    expect(requests.requestOf(register, ['A=1']).body).toMatchObject({ env: ['A=1'] })
  })
})

describe('paths of mounts', () => {
  it.each([
    ['team-a/', '', 'sys/mounts/team-a'],
    ['auth/jwt/', '', 'sys/auth/jwt'],
    ['ns1/auth/jwt/', 'ns1/', 'sys/auth/jwt'],
    ['a/b/', '', 'sys/mounts/a/b'],
  ])('%s in "%s" is %s', (mount, namespace, path) => {
    expect(requests.mountApiPath(mount as MountPath, namespace as Namespace)).toBe(path)
  })
})
