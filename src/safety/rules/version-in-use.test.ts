import { expect, test } from 'vitest'
import {
  liveConnection,
  builtinEntry,
  liveNode,
  plugin,
  connectionPath,
  version,
} from '../../../test/builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { LATEST } from '../../domain/names.ts'
import { versionInUse } from './version-in-use.ts'

const KV = 'secret/my-kv'
const OLD = 'v0.16.2'
const NEW = 'v0.21.0'
const upgrade = { use: NEW, versions: [NEW], retire: [OLD] }
const catalog = [entryOf(KV, OLD), entryOf(KV, NEW)]

test('finds nothing for a version whose mounts the plan changes to another one', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, upgrade)] },
    live: { catalog, mounts: [mountOf('team-a/', KV, OLD)] },
  })

  expect(versionInUse.judge(input)).toEqual([])
})

test('names a mount that no step changes', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { versions: [NEW], retire: [OLD] })] },
    live: { catalog, mounts: [mountOf('team-a/', KV, OLD), mountOf('team-b/', KV, NEW)] },
  })

  expect(only(versionInUse.judge(input))).toMatchObject({
    subject: KV,
    message: `The plan would deregister ${KV} ${OLD} while it is still used: team-a/ is configured for it.`,
    mounts: ['team-a/'],
  })
})

test('counts a mount on latest that the file does not name, if latest means the version', () => {
  // The mount runs another binary, so only its setting uses a version.
  const follower = { ...mountOf('team-a/', KV, 'v0.1.0'), configured_version: LATEST }
  const retiring = (retired: string) =>
    versionInUse.judge(
      safetyInput({
        desired: { plugins: [desiredPlugin(KV, { retire: [retired] })] },
        live: { catalog, mounts: [follower] },
      }),
    )

  expect(only(retiring(NEW))).toMatchObject({
    message: expect.stringContaining('team-a/ is configured for latest and starts it') as string,
    mounts: ['team-a/'],
  })
  expect(retiring(OLD)).toEqual([])
})

test('counts a mount whose `use` in the file is the version, registered or not', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin(KV, upgrade)],
      mounts: [desiredMount('team-a/', KV, { use: OLD })],
    },
    live: { catalog, mounts: [mountOf('team-a/', KV, OLD)] },
  })

  expect(only(versionInUse.judge(input)).message).toContain('the file has team-a/ use it')
})

test('finds a version that the file both lists and retires, also if it is not registered', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { versions: [OLD], retire: [OLD] })] },
  })

  expect(only(versionInUse.judge(input)).message).toBe(
    `The file retires ${KV} ${OLD} while it is still used: the file lists it under versions.`,
  )
})

test('counts a process that runs the version on a node that the plan does not reload', () => {
  const stale = mountOf('team-a/', KV, NEW, {
    except: {
      'http://node2:8200': {
        running_version: version(OLD),
        running_sha256: entryOf(KV, OLD).sha256,
      },
    },
  })
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { retire: [OLD] })] },
    live: { catalog, mounts: [stale] },
  })

  expect(only(versionInUse.judge(input))).toMatchObject({
    message: expect.stringContaining('team-a/ still runs it on http://node2:8200'),
    nodes: ['http://node2:8200'],
  })
})

test('does not count that process if the plan reloads it', () => {
  const stale = mountOf('team-a/', KV, NEW, {
    except: {
      'http://node2:8200': {
        running_version: version(OLD),
        running_sha256: entryOf(KV, OLD).sha256,
      },
    },
  })
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, upgrade)] },
    live: { catalog, mounts: [stale] },
  })

  expect(versionInUse.judge(input)).toEqual([])
})

test('counts a pin, a connection that is not repointed, what could not be read, and a lost node', () => {
  const DB = 'database/redis'
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(DB, { retire: ['v0.6.0'] })] },
    live: {
      product: 'vault',
      nodes: [liveNode(1), liveNode(2, { state: 'sealed', detail: 'sealed' })],
      catalog: [entryOf(DB, 'v0.6.0')],
      connections: [
        liveConnection(connectionPath('db/config/orders'), {
          plugin: plugin(DB),
          version: version('v0.6.0'),
        }),
      ],
      pins: [{ plugin: plugin(DB), version: version('v0.6.0') }],
      unreadable: [{ what: 'mounts', path: 'ns1/sys/mounts', reason: 'HTTP 403' }],
    },
  })

  const { message } = only(versionInUse.judge(input))

  expect(message).toContain('connection db/config/orders uses it')
  expect(message).toContain('it is pinned')
  expect(message).toContain('ns1/sys/mounts could not be read (HTTP 403)')
  expect(message).toContain('http://node2:8200 could not be asked (sealed)')
})

test('counts an unreadable list of nodes, since a node outside it may run the version', () => {
  const path = 'sys/storage/raft/configuration'
  const unreadable = [{ what: 'nodes', path, reason: 'HTTP 403' }] as const
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { retire: [OLD] })] },
    live: { catalog, unreadable },
  })

  expect(only(versionInUse.judge(input))).toMatchObject({
    message: `The plan would deregister ${KV} ${OLD}, and its use cannot be checked: ${path} could not be read (HTTP 403).`,
    fix: expect.stringContaining('lockstep policy') as string,
  })
})

test('does not count unreadable connections for a secrets engine', () => {
  const unreadable = [{ what: 'connections', path: 'db/config', reason: 'HTTP 403' }] as const
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { retire: [OLD] })] },
    live: { catalog, unreadable },
  })

  expect(versionInUse.judge(input)).toEqual([])
})

test('counts a node that is not ready, but not a standby configured to forward', () => {
  const judge = (state: 'not-ready' | 'forwarding') =>
    versionInUse.judge(
      safetyInput({
        desired: { plugins: [desiredPlugin(KV, { retire: [OLD] })] },
        live: { catalog, nodes: [liveNode(1), liveNode(2, { state })] },
      }),
    )

  expect(only(judge('not-ready')).message).toContain('http://node2:8200 could not be asked')
  expect(judge('forwarding')).toEqual([])
})

test('allows to retire an override whose mounts have no version, since they return to the builtin', () => {
  const JWT = 'auth/jwt'
  const shown = mountOf('auth/shown/', JWT, 'v2.7.2+builtin.bao')
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin', retire: ['unversioned'] })] },
    live: {
      catalog: [
        entryOf(JWT, 'unversioned'),
        builtinEntry(plugin('auth/oidc'), version('v2.7.2+builtin.bao')),
      ],
      mounts: [mountOf('auth/jwt/', JWT, 'unversioned'), shown],
    },
  })

  expect(versionInUse.judge(input)).toEqual([])
})

test('counts a mount of an override that the file does not return to the builtin', () => {
  const JWT = 'auth/jwt'
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin(JWT, { retire: ['unversioned'] })],
      mounts: [desiredMount('auth/a/', JWT, { use: 'builtin' })],
    },
    live: {
      catalog: [entryOf(JWT, 'unversioned')],
      mounts: [mountOf('auth/a/', JWT, 'unversioned'), mountOf('auth/b/', JWT, 'unversioned')],
    },
  })

  expect(only(versionInUse.judge(input)).mounts).toEqual(['auth/b/'])
})

test('counts the version in the `use` of the plugin, with or without a version', () => {
  const judgeFile = (use: string, retire: string) =>
    versionInUse
      .judge(safetyInput({ desired: { plugins: [desiredPlugin(KV, { use, retire: [retire] })] } }))
      .map(({ message }) => message.includes('the file has the plugin’s mounts use it'))

  expect(judgeFile(OLD, OLD)).toEqual([true])
  expect(judgeFile('unversioned', 'unversioned')).toEqual([true])
  expect(judgeFile('unversioned', OLD)).toEqual([])
})

test('does not count a connection that the plan repoints', () => {
  const DB = 'database/redis'
  const path = connectionPath('db/config/orders')
  const connections = [liveConnection(path, { plugin: plugin(DB), version: version(OLD) })]
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(DB, upgrade)] },
    live: { catalog: [entryOf(DB, OLD)], connections },
  })

  expect(versionInUse.judge(input)).toEqual([])
})
