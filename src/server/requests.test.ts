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
import type { ReadRequest, WriteRequest } from './requests.ts'

const plugin = 'secret/my-kv' as PluginId
const version = 'v1.2.3' as Version
const unversioned = '' as Version
const root = '' as Namespace
const inside = 'ns1/' as Namespace
const node = 'https://10.0.0.1:8200' as NodeAddress
const entry = { command: 'kv', sha256: 'a'.repeat(64) as Sha256, args: [] }

const VERSIONS = [version, unversioned, 'v2.0.0+builtin.bao' as Version]
const MOUNTS = ['team-a/', 'a/b/', 'auth/jwt/'].map((path) => path as MountPath)
const NAMESPACES = [root, inside]
const CONNECTION = 'db/config/a' as ConnectionPath

/** Each kind of action, with every version, mount and namespace that its request may depend on. */
const ACTIONS: readonly Action[] = VERSIONS.flatMap((version) => [
  { kind: 'register' as const, plugin, version, entry, env: [] },
  { kind: 'deregister' as const, plugin, version },
  ...NAMESPACES.flatMap((namespace) => [
    ...MOUNTS.flatMap((path) => {
      const mount = `${namespace}${path}` as MountPath
      return [
        { kind: 'enable' as const, mount, namespace, plugin, version },
        { kind: 'tune' as const, mount, namespace, version },
        { kind: 'reload' as const, node, namespace, mounts: [mount] },
      ]
    }),
    {
      kind: 'repoint' as const,
      connection: `${namespace}${CONNECTION}` as ConnectionPath,
      namespace,
      version,
    },
  ]),
])

const READS: Readonly<Record<string, readonly ReadRequest[]>> = {
  readHealth: [requests.readHealth()],
  readHaStatus: [requests.readHaStatus()],
  readRaftConfiguration: [requests.readRaftConfiguration()],
  readSealStatus: [requests.readSealStatus()],
  readLeader: [requests.readLeader()],
  readOwnConfiguration: [requests.readOwnConfiguration()],
  readCatalog: [requests.readCatalog()],
  readCatalogEntry: VERSIONS.map((version) => requests.readCatalogEntry(plugin, version)),
  readPins: [requests.readPins()],
  readOwnToken: [requests.readOwnToken()],
  readCapabilities: [requests.readCapabilities(['sys/mounts'])],
  readConnection: [requests.readConnection(CONNECTION, root)],
  readSecret: [requests.readSecret('kv/lock')],
  readMountOf: [requests.readMountOf('kv/lock')],
  listSecrets: [requests.listSecrets('kv/lockstep')],
  listNamespaces: NAMESPACES.map(requests.listNamespaces),
  readSecretMounts: NAMESPACES.map(requests.readSecretMounts),
  readAuthMounts: NAMESPACES.map(requests.readAuthMounts),
  readOneMount: MOUNTS.map((mount) => requests.readOneMount(mount, root)),
  readMountHelp: MOUNTS.map((mount) => requests.readMountHelp(mount, root)),
  listConnections: MOUNTS.map((mount) => requests.listConnections(mount, root)),
  lookUpWrapping: [requests.lookUpWrapping('wrapping-token')],
  readBelowMount: ['config', 'roles/'].map((path) =>
    requests.readBelowMount('team-a/' as MountPath, root, path),
  ),
}

/** The reads whose question is a body. */
const POSTED_READS: Readonly<Record<string, RegExp>> = {
  readCapabilities: /^POST sys\/capabilities-self$/,
  lookUpWrapping: /^POST sys\/wrapping\/lookup$/,
}

const WRITES: Readonly<Record<string, readonly WriteRequest[]>> = {
  requestOf: ACTIONS.map((action) => requests.requestOf(action)),
  writeSecret: [requests.writeSecret('kv/lock', 0, {})],
  keepOneVersion: [requests.keepOneVersion('kv/lockstep/run')],
  renewToken: [requests.renewToken()],
  logIn: [requests.logIn('ci/approle', {}), requests.logIn('userpass', {}, 'me')],
  unwrap: [requests.unwrap('wrapping-token')],
  revokeToken: [requests.revokeToken('token')],
}

/** Everything that this program can change on a server. */
const MAY_BE_SENT = [
  /^(POST|DELETE) sys\/plugins\/catalog\/secret\/my-kv$/,
  /^POST sys\/(mounts|auth)\/(team-a|a\/b|jwt)(\/tune)?$/,
  /^POST sys\/plugins\/reload\/backend$/,
  /^POST db\/config\/a$/,
  /^POST kv\/data\/lock$/,
  /^POST auth\/token\/(renew|revoke)-self$/,
  /^POST auth\/(ci\/approle\/login|userpass\/login\/me)$/,
  /^POST sys\/wrapping\/unwrap$/,
  /^POST kv\/metadata\/lockstep\/run$/,
]

describe('what can be sent', () => {
  it('is all checked here: each function that makes a request, each kind of action', () => {
    const known = [...Object.keys(READS), ...Object.keys(WRITES)]
    expect(known.sort()).toEqual(Object.keys(requests).sort())
    const kinds = planSchema.$defs.action.oneOf.map(({ properties }) => properties.kind.const)
    expect([...new Set(ACTIONS.map(({ kind }) => kind))].sort()).toEqual(kinds.sort())
  })

  it.each(Object.entries(READS))('reads only: %s', (name, made) => {
    for (const { method, path } of made) {
      expect(`${method} ${path}`).toMatch(POSTED_READS[name] ?? /^GET /)
    }
  })

  it.each(Object.entries(WRITES))('changes only what is listed: %s', (_, made) => {
    for (const { method, path } of made) {
      const sent = `${method} ${path.replace(/\?.*$/, '')}`
      expect(MAY_BE_SENT.filter((shape) => shape.test(sent))).not.toEqual([])
    }
  })
})

describe('the requests of actions', () => {
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

  it('sends the version whenever a mount is made with one: servers would take the highest', () => {
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
  const tuning = (mount: string, namespace: string): string =>
    requests.requestOf({
      kind: 'tune',
      mount: mount as MountPath,
      namespace: namespace as Namespace,
      version,
    }).path

  it.each([
    ['team-a/', '', 'sys/mounts/team-a/tune'],
    ['auth/jwt/', '', 'sys/auth/jwt/tune'],
    ['ns1/auth/jwt/', 'ns1/', 'sys/auth/jwt/tune'],
    ['a/b/', '', 'sys/mounts/a/b/tune'],
    ['a#b/', '', 'sys/mounts/a%23b/tune'],
    ['a%2fb/', '', 'sys/mounts/a%252fb/tune'],
    ['ü b/', '', 'sys/mounts/%C3%BC%20b/tune'],
  ])('%s in "%s" is %s', (mount, namespace, path) => {
    expect(tuning(mount, namespace)).toBe(path)
  })

  it.each([
    ['x/../y/', '', '".."'],
    ['x//y/', '', 'empty segment'],
    ['x/', 'ns1/', 'not in that namespace'],
    ['ns1/sys/raw/', 'ns1/', 'belongs to the server'],
    ['auth/token/', '', 'belongs to the server'],
    ['a/tune/', '', 'the tuning of the mount above'],
    ['a\u202eb/', '', 'U+202E'],
  ])('%j in "%s" is no path: %s', (mount, namespace, why) => {
    expect(() => tuning(mount, namespace)).toThrow(why)
  })
})
