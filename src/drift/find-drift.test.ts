import { describe, expect, it } from 'vitest'
import {
  builtinEntry,
  catalogEntry,
  connectionPath,
  liveConnection,
  liveMount,
  liveNode,
  nodeAddress,
  liveState,
  mountPath,
  plugin,
  version,
} from '../../test/builders/live.ts'
import {
  desiredConnection,
  desiredMount,
  desiredPlugin,
  desiredState,
} from '../../test/drift/desired-state.ts'
import {
  ASKED,
  TODAY,
  KV,
  OLD,
  NEW,
  PATH,
  NODES,
  ONE,
  TWO,
  THREE,
  FILE,
  CATALOG,
  running,
  cluster,
  drift,
  summarize,
} from '../../test/drift/one-mount.ts'
import { findDrift } from './find-drift.ts'
import type { Unreadable } from '../domain/live.ts'
import type { Version } from '../domain/names.ts'

const JWT = plugin('auth/jwt')
const REDIS = plugin('database/redis')
const BUILTIN = version('v2.7.2+builtin.bao')

describe('a mount that the file names and that does not exist', () => {
  const absent = mountPath('team-b/')

  it('is missing, with or without `enable`', () => {
    const file = (enable: boolean) => ({ ...FILE, mounts: [desiredMount(absent, KV, { enable })] })

    const [enabled] = drift(cluster(NEW), file(true))
    const [named] = drift(cluster(NEW), file(false))

    expect(enabled).toMatchObject({
      class: 'mount-missing',
      subject: absent,
      fix: '`lockstep apply -f lockstep.yaml`',
      at: 'lockstep.yaml:12:3',
    })
    expect(named!.fix).toContain('`enable: true`')
  })

  it('is missing if another plugin is mounted there', () => {
    const other = liveMount(absent, { plugin: JWT, version: BUILTIN, nodes: NODES })
    const file = { ...FILE, mounts: [desiredMount(absent, KV)] }

    const differences = drift(liveState({ catalog: CATALOG, mounts: [other] }), file)

    expect(differences).toMatchObject([{ class: 'mount-missing', found: 'a mount of auth/jwt' }])
  })

  it('is missing on a node that does not list it', () => {
    const mount = liveMount(PATH, { plugin: KV, version: NEW, nodes: NODES.slice(0, 2) })

    const differences = drift(liveState({ catalog: CATALOG, mounts: [mount] }))

    expect(summarize(differences)).toEqual([`mount-missing team-a/ ${THREE}`])
  })

  it('is gone if only a standby lists it', () => {
    const standby = NODES.find(({ role }) => role === 'standby')!
    const mount = liveMount(PATH, { plugin: KV, version: NEW, nodes: [standby] })

    const differences = drift(liveState({ catalog: CATALOG, mounts: [mount] }))

    expect(summarize(differences)).toEqual([`mount-missing team-a/ ${standby.address}`])
    expect(differences[0]!.found).toBe('listed here, but not on the active node')
  })

  it('is unknown, not missing, in a namespace that could not be read', () => {
    const file = { ...FILE, mounts: [desiredMount(mountPath('ns1/team-b/'), KV)] }
    const refused = { what: 'mounts' as const, path: 'ns1/sys/mounts', reason: 'HTTP 403' }

    const report = findDrift(file, cluster(NEW, {}, { unreadable: [refused] }), ASKED)

    expect(report.differences).toEqual([])
    expect(summarize(report.unreadable)).toEqual(['unreadable ns1/sys/mounts'])
  })
})

describe('a database connection', () => {
  const path = connectionPath('db/config/orders')
  const catalog = [catalogEntry(REDIS, OLD), catalogEntry(REDIS, NEW)]
  const file = desiredState({ plugins: [desiredPlugin(REDIS, { use: NEW, versions: [OLD, NEW] })] })
  const live = (of: Version) =>
    liveState({ catalog, connections: [liveConnection(path, { plugin: REDIS, version: of })] })

  it('differs if it uses another version', () => {
    expect(drift(live(NEW), file)).toEqual([])
    expect(drift(live(OLD), file)).toMatchObject([
      { class: 'connection-differs', subject: path, desired: 'v0.21.0', found: 'v0.16.2' },
    ])
  })

  it('is reported if its version is not registered', () => {
    expect(summarize(drift(live(version('v0.1.0')), file))).toEqual([
      'not-registered db/config/orders',
    ])
  })

  it('is missing if the file names it and it does not exist', () => {
    const named = { ...file, connections: [desiredConnection(path, REDIS)] }

    expect(summarize(drift(liveState({ catalog }), named))).toEqual([
      'mount-missing db/config/orders',
    ])
  })
})

describe('what could not be read', () => {
  it('makes a cluster not in sync', () => {
    const nodes = [liveNode(1), liveNode(2, { state: 'sealed', role: 'unknown' })]
    const mount = liveMount(PATH, { plugin: KV, version: NEW, nodes })

    const report = findDrift(FILE, liveState({ catalog: CATALOG, mounts: [mount], nodes }), ASKED)

    expect(report).toMatchObject({ in_sync: false, differences: [] })
    expect(summarize(report.unreadable)).toEqual([`unreadable ${TWO} ${TWO}`])
  })

  it('is reported for a mount that the token may not ask', () => {
    const refused = { answers: 'unchecked' as const, detail: 'permission denied' }

    const report = findDrift(FILE, cluster(NEW, { [ONE]: refused }), ASKED)

    expect(summarize(report.unreadable)).toEqual(['unreadable team-a/'])
  })

  it('is reported, with its fix, for an entry whose file is missing on one node', () => {
    const path = `sys/plugins/catalog/${KV}?version=${NEW}`
    const lost = { what: 'catalog-entry', path, node: nodeAddress(2), reason: 'HTTP 500' } as const
    const unreadable = (one: Unreadable) => {
      const live = { ...cluster(NEW), unreadable: [one] }
      return findDrift(FILE, live, ASKED).unreadable
    }

    expect(unreadable(lost)).toMatchObject([
      { node: nodeAddress(2), fix: expect.stringContaining('plugin directory') as string },
    ])
    expect(unreadable({ ...lost, denied: true })).toMatchObject([
      { fix: expect.stringContaining('policy') as string },
    ])
  })

  it('is reported for an entry that no file can name', () => {
    const path = 'sys/plugins/catalog/secret/kv '
    const odd = { what: 'catalog-name', path, reason: 'left out, because …' } as const
    const live = { ...cluster(NEW), unreadable: [{ ...odd, fix: 'deregister it' }] }

    expect(findDrift(FILE, live, ASKED).unreadable).toMatchObject([
      {
        subject: path,
        found: odd.reason,
        cause: 'no file and no request can name this entry',
        fix: 'deregister it',
      },
    ])
  })

  it('is not reported for other plugins, nor for standbys that are configured to forward', () => {
    const unreadable = [
      { what: 'connections' as const, path: 'db/config', reason: 'HTTP 403' },
      {
        what: 'catalog-entry' as const,
        path: 'sys/plugins/catalog/secret/other?version=v1.0.0',
        reason: 'HTTP 403',
      },
    ]
    const report = (state: 'forwarding' | 'not-ready') => {
      const nodes = [liveNode(1), liveNode(2, { state })]
      const mount = liveMount(PATH, { plugin: KV, version: NEW, nodes })
      const live = liveState({ catalog: CATALOG, mounts: [mount], nodes, unreadable })
      return findDrift(FILE, live, ASKED)
    }

    expect(report('forwarding')).toMatchObject({ in_sync: true, unreadable: [] })
    // This standby runs plugins, and they cannot be read while it is not ready.
    expect(report('not-ready')).toMatchObject({
      in_sync: false,
      unreadable: [{ node: nodeAddress(2), found: 'not-ready' }],
    })
  })
})

describe('a plugin that no file names', () => {
  it('is listed separately, and is no drift', () => {
    const other = plugin('secret/other')
    const foreign = liveMount(mountPath('x/'), { plugin: other, version: OLD, nodes: NODES })
    const catalog = [...CATALOG, catalogEntry(KV, version('v0.10.0')), catalogEntry(other, OLD)]
    const inSync = cluster(NEW)

    const report = findDrift(
      FILE,
      { ...inSync, catalog, mounts: [...inSync.mounts, foreign] },
      ASKED,
    )

    expect(report.in_sync).toBe(true)
    expect(summarize(report.unmanaged)).toEqual([
      'unmanaged secret/my-kv v0.10.0',
      'unmanaged secret/other v0.16.2',
      'unmanaged x/',
    ])
  })

  it('does not list builtins', () => {
    const jwt = liveMount(mountPath('auth/jwt/'), { plugin: JWT, version: BUILTIN, nodes: NODES })
    const live = liveState({ catalog: [builtinEntry(JWT, BUILTIN)], mounts: [jwt] })

    expect(findDrift(desiredState(), live, ASKED).unmanaged).toEqual([])
  })
})

describe('an ignored difference', () => {
  const ignore = (overrides: { subject?: string; until?: string }) => ({
    ...FILE,
    ignore: [
      {
        class: 'version-differs',
        subject: PATH,
        because: 'CHG-1432',
        source: { file: 'lockstep.yaml', line: 20, column: 3 },
        ...overrides,
      },
    ],
  })

  it('is listed separately, with the reason, up to the last day', () => {
    const report = findDrift(ignore({ until: TODAY }), cluster(OLD), ASKED)

    expect(report).toMatchObject({ in_sync: true, differences: [], unused_ignores: [] })
    expect(report.ignored).toMatchObject([
      { class: 'version-differs', subject: PATH, because: 'CHG-1432', until: TODAY },
    ])
  })

  it('is drift again the day after', () => {
    const report = findDrift(ignore({ until: '2026-06-14' }), cluster(OLD), ASKED)

    expect(report).toMatchObject({ in_sync: false, ignored: [] })
    expect(report.unused_ignores).toEqual([
      {
        class: 'version-differs',
        subject: PATH,
        because: 'CHG-1432',
        until: '2026-06-14',
        is: 'expired',
        at: 'lockstep.yaml:20:3',
      },
    ])
  })

  it('makes an unused `ignore` if nothing of its class differs', () => {
    expect(findDrift(ignore({}), cluster(NEW), ASKED)).toMatchObject({
      in_sync: true,
      unused_ignores: [{ subject: PATH, is: 'unused' }],
    })
  })

  it.each([KV, 'team-a', PATH])('may be written as %s', (subject) => {
    expect(drift(cluster(OLD), ignore({ subject }))).toEqual([])
  })

  it('has the class and the subject of the `ignore`', () => {
    expect(summarize(drift(cluster(OLD), ignore({ subject: 'team-b/' })))).toEqual([
      'version-differs team-a/',
    ])
    expect(summarize(drift(cluster(NEW, { [ONE]: running(OLD) }), ignore({})))).toEqual([
      `node-skew team-a/ ${ONE}`,
    ])
  })
})
