import { expect, test } from 'vitest'
import {
  builtinEntry,
  connectionPath,
  liveConnection,
  nodeAddress,
  plugin,
  sha256Of,
  version,
} from '../../../test/builders/live.ts'
import type { LiveState } from '../../domain/live.ts'
import { BUILTIN, type Namespace, UNKNOWN_HASH } from '../../domain/names.ts'
import {
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  only,
  safetyInput,
  SOURCE,
} from '../../../test/builders/safety-input.ts'
import { noRollback } from './no-rollback.ts'

const KV = 'secret/my-kv'
const upgrade = { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] }

test('finds nothing for a mount whose old version stays registered', () => {
  const input = safetyInput({
    desired: upgrade,
    live: { catalog: [entryOf(KV, 'v0.16.2')], mounts: [mountOf('team-a/', KV, 'v0.16.2')] },
  })

  expect(noRollback.judge(input)).toEqual([])
})

test('reports a mount of a pinned plugin: every reload starts the pinned version', () => {
  const input = safetyInput({
    desired: upgrade,
    live: {
      catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')],
      mounts: [mountOf('team-a/', KV, 'v0.16.2')],
      pins: [{ plugin: plugin(KV), version: version('v0.21.0') }],
    },
  })

  expect(only(noRollback.judge(input))).toMatchObject({
    message: `If the new ${KV} fails, team-a/ cannot be rolled back to the binary that it runs now: ${KV} is pinned to v0.21.0, which every reload starts.`,
    fix: expect.stringContaining('vault delete sys/plugins/pins/secret/my-kv'),
  })
})

test('reports a mount without a version, and the fix says what to register', () => {
  const entry = entryOf(KV, 'unversioned')
  const input = safetyInput({
    desired: upgrade,
    live: { catalog: [entry], mounts: [mountOf('team-a/', KV, 'unversioned')] },
  })

  expect(only(noRollback.judge(input))).toMatchObject({
    subject: KV,
    message: `If the new ${KV} fails, team-a/ cannot be rolled back to the binary that it runs now: that binary is registered under no version, so no tune leads to it.`,
    fix: `List the binary that runs now (${entry.command ?? ''}, SHA-256 ${entry.sha256}) under \`versions\` with its own version, apply that first, then plan again.`,
    mounts: ['team-a/'],
  })
})

test('reports a mount that runs a binary which is not known to be registered after a tune by hand', () => {
  const stale = {
    running_version: version('v0.16.2'),
    running_sha256: entryOf(KV, 'v0.16.2').sha256,
  }
  const pending = mountOf('team-a/', KV, 'v0.21.0', { except: { 'http://node3:8200': stale } })
  const input = safetyInput({
    desired: upgrade,
    live: { catalog: [entryOf(KV, 'v0.21.0')], mounts: [pending] },
  })

  expect(only(noRollback.judge(input))).toMatchObject({
    fix: expect.stringContaining(`(SHA-256 ${stale.running_sha256})`),
    mounts: ['team-a/'],
  })
})

test('accepts a rollback to the builtin, but not if there are namespaces', () => {
  const JWT = 'auth/jwt'
  const judge = (live: Partial<LiveState>) =>
    noRollback.judge(
      safetyInput({
        desired: {
          plugins: [
            desiredPlugin(JWT, { overridesBuiltin: true, use: 'v0.26.1', versions: ['v0.26.1'] }),
          ],
        },
        live: {
          catalog: [builtinEntry(plugin(JWT), version('v2.7.2+builtin.bao'))],
          mounts: [
            { ...mountOf('auth/jwt/', JWT, 'v2.7.2+builtin.bao'), configured_version: version('') },
          ],
          ...live,
        },
      }),
    )

  expect(judge({})).toEqual([])
  expect(only(judge({ namespaces: ['', 'ns1/'] as Namespace[] }))).toMatchObject({
    message: expect.stringContaining('lockstep explain builtin-version-with-namespaces'),
    fix: expect.stringContaining('`use: unversioned`'),
  })
})

test('reports a connection without a version', () => {
  const DB = 'database/redis'
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(DB, { use: 'v0.7.0', versions: ['v0.7.0'] })] },
    live: {
      connections: [
        liveConnection(connectionPath('db/config/orders'), {
          plugin: plugin(DB),
          version: version(''),
        }),
      ],
    },
  })

  expect(only(noRollback.judge(input))).toMatchObject({
    subject: DB,
    message: expect.stringContaining('db/config/orders cannot be rolled back'),
  })
})

test('reports a rollback to a version that cannot read the newer data by the file', () => {
  const newer = desiredVersion(KV, 'v0.21.0', { data: { downgradeTo: '>=0.21.0' } })
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: [newer] })] },
    live: { catalog: [entryOf(KV, 'v0.16.2')], mounts: [mountOf('team-a/', KV, 'v0.16.2')] },
  })

  expect(only(noRollback.judge(input))).toMatchObject({
    message: `If the new ${KV} fails, team-a/ rolls back to v0.16.2, which does not read what v0.21.0 writes: the file says that only >=0.21.0 does.`,
    mounts: ['team-a/'],
    at: SOURCE,
  })
})

test('reports an entry that is replaced in the same file: its rollback neither registers nor reloads it', () => {
  const before = entryOf(KV, 'unversioned', { command: 'kv' })
  const rebuilt = desiredVersion(KV, 'unversioned', {
    command: 'kv',
    sha256: sha256Of(plugin(KV), version('v0.21.0')),
  })
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'unversioned', versions: [rebuilt] })] },
    live: { catalog: [before], mounts: [mountOf('team-a/', KV, 'unversioned')] },
  })

  expect(only(noRollback.judge(input))).toMatchObject({
    message: `If the new ${KV} fails, team-a/ cannot be rolled back to the binary that it runs now: the file kv holds the new binary, or will hold it.`,
    fix: expect.stringContaining(`leave kv as it is (SHA-256 ${before.sha256})`),
    mounts: ['team-a/'],
  })
  expect(input.draft.steps.map(({ undo, restores }) => [undo, restores])).toEqual(
    input.draft.steps.map(() => [[], []]),
  )
})

test('finds nothing for a mount that is down already', () => {
  const down = {
    answers: 'no',
    running_version: version(''),
    running_sha256: UNKNOWN_HASH,
  } as const
  const mounts = [mountOf('team-a/', KV, 'v0.21.0', { except: { 'http://node3:8200': down } })]
  const input = safetyInput({
    desired: upgrade,
    live: { catalog: [entryOf(KV, 'v0.21.0')], mounts },
  })

  expect(input.draft.steps).toHaveLength(1)
  expect(noRollback.judge(input)).toEqual([])
})

const ALL_NODES = [1, 2, 3].map(nodeAddress)

test('finds nothing for a repeated tune for a node that missed it', () => {
  const behind = { configured_version: version('v0.16.2') }
  const mount = mountOf('team-a/', KV, 'v0.21.0', { except: { [nodeAddress(2)]: behind } })
  const input = safetyInput({
    desired: upgrade,
    live: { catalog: [entryOf(KV, 'v0.21.0')], mounts: [mount] },
  })

  expect(input.draft.steps.map(({ id }) => id)).toEqual(['tune team-a/ again'])
  expect(noRollback.judge(input)).toEqual([])
})

test('finds nothing for the tune of a mount that is down on every node', () => {
  const except = Object.fromEntries(ALL_NODES.map((node) => [node, { answers: 'no' as const }]))
  const input = safetyInput({
    desired: upgrade,
    live: {
      catalog: [entryOf(KV, 'unversioned')],
      mounts: [mountOf('team-a/', KV, 'unversioned', { except })],
    },
  })

  expect(input.draft.steps.map(({ action }) => action.kind)).toContain('tune')
  expect(noRollback.judge(input)).toEqual([])
})

test('finds nothing for a connection that has a version', () => {
  const DB = 'database/redis'
  const path = connectionPath('db/config/orders')
  const connections = [liveConnection(path, { plugin: plugin(DB), version: version('v0.6.0') })]
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(DB, { use: 'v0.7.0', versions: ['v0.7.0'] })] },
    live: { catalog: [entryOf(DB, 'v0.6.0')], connections },
  })

  expect(noRollback.judge(input)).toEqual([])
})

test('finds nothing if the older version reads the data, or for a downgrade', () => {
  const judgeChange = (from: string, to: string, downgradeTo: string) =>
    noRollback.judge(
      safetyInput({
        desired: {
          plugins: [
            desiredPlugin(KV, {
              use: to,
              versions: [desiredVersion(KV, to, { data: { downgradeTo } })],
            }),
          ],
        },
        live: {
          catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')],
          mounts: [mountOf('team-a/', KV, from)],
        },
      }),
    )

  expect(judgeChange('v0.16.2', 'v0.21.0', '>=0.16.0')).toEqual([])
  expect(judgeChange('v0.21.0', 'v0.16.2', '<=0.16.0')).toEqual([])
})

test('reports a builtin of unknown version, and a change to the same binary under a version', () => {
  const builtin = { running_version: version(''), running_sha256: BUILTIN }
  const except = Object.fromEntries(ALL_NODES.map((node) => [node, builtin]))
  const verdict = (mounts: LiveState['mounts'], catalog: LiveState['catalog'] = []) =>
    only(noRollback.judge(safetyInput({ desired: upgrade, live: { catalog, mounts } })))

  expect(verdict([mountOf('team-a/', KV, 'unversioned', { except })])).toMatchObject({
    message: `If the new ${KV} fails, team-a/ cannot be rolled back to the binary that it runs now.`,
    fix: expect.stringContaining('canary'),
    at: SOURCE,
  })

  const same = { running_sha256: entryOf(KV, 'v0.21.0').sha256 }
  const runs = Object.fromEntries(ALL_NODES.map((node) => [node, same]))
  const entry = entryOf(KV, 'unversioned', { sha256: same.running_sha256 })
  expect(
    verdict([mountOf('team-a/', KV, 'unversioned', { except: runs })], [entry]).message,
  ).toContain('only the entry of the same binary changes')
})
