import { expect, test } from 'vitest'
import {
  connectionPath,
  liveConnection,
  nodeAddress,
  plugin,
  version,
} from '../../test/builders/live.ts'
import { desiredPlugin, entryOf, mountOf, safetyInput } from '../../test/builders/safety-input.ts'
import type { LiveState } from '../domain/live.ts'
import { missingFiles, neededFiles } from './needed-files.ts'

const KV = 'secret/my-kv'
const OLD = 'v0.16.2'
const NEW = 'v0.21.0'
const CATALOG = [entryOf(KV, OLD), entryOf(KV, NEW)]
const MOUNTS = [mountOf('team-a/', KV, OLD)]
const onNode = (number: number) => ({ node: nodeAddress(number), reason: 'HTTP 500' })

const to = (use: string, id = KV) => ({
  plugins: [desiredPlugin(id, { use, versions: [OLD, NEW] })],
})

/** `run my-kv_0.21.0 on every node` */
function filesOf(desired: ReturnType<typeof to>, live: Partial<LiveState>): readonly string[] {
  const { draft } = safetyInput({ desired, live })
  return neededFiles(draft).map(
    (file) =>
      `${file.for} ${file.command} on ${typeof file.on === 'string' ? file.on : [...file.on].sort().join(', ')}`,
  )
}

/** An earlier run tuned the mount to the new version and did not reach the second node. */
const BEGUN = mountOf('team-a/', KV, NEW, {
  except: { [nodeAddress(2)]: { running_sha256: entryOf(KV, OLD).sha256 } },
})

test('a change to a registered version needs its file, and the old file for the rollback', () => {
  expect(filesOf(to(NEW), { catalog: CATALOG, mounts: MOUNTS })).toEqual([
    'run my-kv_0.21.0 on every node',
    'rollback my-kv_0.16.2 on every node',
  ])
})

test('a resumed run needs the files on the nodes that the earlier run did not reach', () => {
  expect(filesOf(to(NEW), { catalog: CATALOG, mounts: [BEGUN] })).toEqual([
    `run my-kv_0.21.0 on ${nodeAddress(2)}`,
    // The other nodes are rolled back, too.
    `rollback my-kv_0.16.2 on ${[1, 2, 3].map(nodeAddress).join(', ')}`,
  ])
})

test('a repoint needs the file of both versions', () => {
  const id = 'database/redis'
  const connections = [
    liveConnection(connectionPath('db/config/a'), { plugin: plugin(id), version: version(OLD) }),
  ]
  const catalog = [entryOf(id, OLD), entryOf(id, NEW)]

  expect(filesOf(to(NEW, id), { catalog, connections })).toEqual([
    'run redis_0.21.0 on every node',
    'rollback redis_0.16.2 on every node',
  ])
})

test('the file of a registered version is needed, the file of a retired version is not', () => {
  const retiring = { plugins: [desiredPlugin(KV, { versions: [NEW], retire: [OLD] })] }

  expect(filesOf(retiring, { catalog: [entryOf(KV, OLD)] })).toEqual([
    'run my-kv_0.21.0 on every node',
  ])
})

test('a plan without steps needs no files', () => {
  expect(filesOf(to(OLD), { catalog: CATALOG, mounts: MOUNTS })).toEqual([])
})

test('a file that is missing for one entry is missing for every entry of it', () => {
  const other = entryOf('secret/other', 'v1.0.0', {
    command: 'my-kv_0.21.0',
    unreadable_on: [onNode(2)],
  })
  const live = { catalog: [...CATALOG, other], mounts: MOUNTS }
  const input = safetyInput({ desired: to(NEW), live })

  expect(missingFiles(input.draft, input.live, 'run')).toMatchObject([
    { file: { command: 'my-kv_0.21.0' }, ...onNode(2) },
  ])
  expect(missingFiles(input.draft, input.live, 'rollback')).toEqual([])
})

test('the content of an entry that no node can read comes from the file', () => {
  const { command: _unread, args: _too, ...listed } = entryOf(KV, NEW)
  const lost = { ...listed, unreadable_on: [onNode(1), onNode(2), onNode(3)] }
  const live = { catalog: [entryOf(KV, OLD), lost], mounts: MOUNTS }
  const input = safetyInput({ desired: to(NEW), live })

  const missing = missingFiles(input.draft, input.live, 'run')

  expect(missing.map(({ file, node }) => [file.command, node])).toEqual(
    [1, 2, 3].map((number) => ['my-kv_0.21.0', nodeAddress(number)]),
  )
})

test('an unreadable entry that the plan replaces is not a file that the plan starts', () => {
  const { command: _unread, args: _too, ...listed } = entryOf(KV, 'unversioned')
  const gone = { ...listed, sha256: entryOf(KV, OLD).sha256, unreadable_on: [onNode(1)] }
  const desired = {
    plugins: [desiredPlugin(KV, { use: 'unversioned', versions: ['unversioned'] })],
  }
  const live = { catalog: [gone], mounts: [mountOf('team-a/', KV, 'unversioned')] }
  const input = safetyInput({ desired, live })

  expect(input.draft.steps.map(({ action }) => action.kind)).toContain('register')
  expect(missingFiles(input.draft, input.live, 'run')).toEqual([])
})

test('a node on which nothing is started lacks no file', () => {
  const catalog = [entryOf(KV, OLD), entryOf(KV, NEW, { unreadable_on: [onNode(3)] })]
  const { draft, live } = safetyInput({ desired: to(NEW), live: { catalog, mounts: [BEGUN] } })

  expect(missingFiles(draft, live, 'run')).toEqual([])
})
