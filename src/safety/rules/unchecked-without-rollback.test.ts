import { describe, expect, test } from 'vitest'
import {
  commandOf,
  liveNode,
  nodeAddress,
  plugin,
  sha256Of,
  version,
} from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  only,
  safetyInput,
  SOURCE,
} from '../../../test/builders/safety-input.ts'
import type { CatalogEntry, LiveState } from '../../domain/live.ts'
import { UNVERSIONED } from '../../domain/names.ts'
import type { RuleInput } from '../rule.ts'
import { uncheckedWithoutRollback } from './unchecked-without-rollback.ts'

const KV = 'secret/my-kv'
const OTHER = 'secret/other-kv'
const NEW = sha256Of(plugin(KV), version('v0.21.0'))
const NODES = [1, 2, 3].map(nodeAddress)
const inPlace = (command: string) => ({
  desired: {
    plugins: [
      {
        ...desiredPlugin(KV, { use: 'unversioned' }),
        versions: [desiredVersion(KV, 'unversioned', { command, sha256: NEW })],
      },
    ],
  },
  live: {
    catalog: [entryOf(KV, 'unversioned', { command: 'kv' })],
    mounts: [mountOf('team-a/', KV, 'unversioned')],
  },
})

test('blocks a file that is replaced under its own name while no node’s file was checked', () => {
  expect(only(uncheckedWithoutRollback.judge(safetyInput(inPlace('kv'))))).toMatchObject({
    subject: KV,
    mounts: ['team-a/'],
    nodes: NODES,
  })
})

test('allows it if every node was seen to have the new file', () => {
  const checked = (nodes: readonly (typeof NODES)[number][]) =>
    nodes.map((node) => ({
      node,
      command: 'kv',
      expected: NEW,
      for: 'run' as const,
      result: 'same' as const,
    }))

  expect(
    uncheckedWithoutRollback.judge({ ...safetyInput(inPlace('kv')), binaries: checked(NODES) }),
  ).toEqual([])
  expect(
    only(
      uncheckedWithoutRollback.judge({
        ...safetyInput(inPlace('kv')),
        binaries: checked(NODES.slice(1)),
      }),
    ),
  ).toMatchObject({ nodes: [NODES[0]] })
})

test('allows a new file name, since the old file stays for the rollback', () => {
  expect(uncheckedWithoutRollback.judge(safetyInput(inPlace('kv-2')))).toEqual([])
})

describe('a mount whose version was deregistered by hand', () => {
  const desired = { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] }
  const lost = mountOf('team-a/', KV, 'v0.16.2')
  const file = { command: commandOf(plugin(KV), version('v0.21.0')), sha256: NEW }
  const judge = (live: Partial<LiveState>) =>
    uncheckedWithoutRollback.judge(safetyInput({ desired, live }))

  test('is not changed to a version whose file was not checked', () => {
    const found = only(judge({ catalog: [], mounts: [lost] }))

    expect(found).toMatchObject({ subject: KV, mounts: ['team-a/'], nodes: NODES })
    expect(found.message).toContain(`The file ${file.command} of ${KV} v0.21.0 was not checked on`)
    expect(only(judge({ catalog: [entryOf(KV, 'v0.21.0')], mounts: [lost] }))).toMatchObject({
      nodes: NODES,
    })
  })

  test('may be changed to a file that every node runs already, for another plugin', () => {
    const catalog = [entryOf(KV, 'v0.21.0'), entryOf(OTHER, 'v0.21.0', file)]
    const running = { running_version: version('v0.21.0'), running_sha256: NEW }
    const views = Object.fromEntries(NODES.map((node) => [node, running]))
    const beside = mountOf('b/', OTHER, 'v0.21.0', { except: views })

    expect(judge({ catalog, mounts: [lost, beside] })).toEqual([])

    const downOn = (node: (typeof NODES)[number]) =>
      mountOf('b/', OTHER, 'v0.21.0', {
        except: { ...views, [node]: { ...running, answers: 'no' } },
      })
    expect(only(judge({ catalog, mounts: [lost, downOn(NODES[1]!)] }))).toMatchObject({
      subject: KV,
      nodes: [NODES[1]],
    })
    // The same bytes under another name say nothing of this file.
    const elsewhere = entryOf(OTHER, 'v0.21.0', { ...file, command: 'other-file' })
    expect(
      judge({ catalog: [entryOf(KV, 'v0.21.0'), elsewhere], mounts: [lost, beside] }),
    ).toMatchObject([{ subject: KV, nodes: NODES }])
  })

  test('has nothing to lose on nodes where it is down', () => {
    const down = Object.fromEntries(NODES.map((node) => [node, { answers: 'no' as const }]))

    expect(
      judge({ catalog: [], mounts: [mountOf('team-a/', KV, 'v0.16.2', { except: down })] }),
    ).toEqual([])
  })
})

test('allows a first version for the binary that runs without one', () => {
  const running = { command: 'kv', sha256: sha256Of(plugin(KV), UNVERSIONED) }
  const judge = (command: string) =>
    uncheckedWithoutRollback.judge(
      safetyInput({
        desired: {
          plugins: [
            desiredPlugin(KV, {
              use: 'v0.16.2',
              versions: [desiredVersion(KV, 'v0.16.2', { ...running, command })],
            }),
          ],
        },
        live: {
          catalog: [entryOf(KV, 'unversioned', running)],
          mounts: [mountOf('a/', KV, 'unversioned')],
        },
      }),
    )

  expect(judge('kv')).toEqual([])
  expect(only(judge('kv-0.16.2'))).toMatchObject({ nodes: NODES })
})

test('counts no rollback on a node that lacks the file of the old version', () => {
  const reason = 'HTTP 500 no such file or directory'
  const gone = { unreadable_on: [{ node: NODES[1]!, reason }] }
  const judge = (old: Partial<CatalogEntry>) =>
    uncheckedWithoutRollback.judge(
      safetyInput({
        desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
        live: { catalog: [entryOf(KV, 'v0.16.2', old)], mounts: [mountOf('a/', KV, 'v0.16.2')] },
      }),
    )

  // A first upgrade: the old version is registered, and its file is there.
  expect(judge({})).toEqual([])
  expect(only(judge(gone))).toMatchObject({ subject: KV, mounts: ['a/'], nodes: [NODES[1]] })
})

test('names a standby that forwards: it starts the file when it becomes active', () => {
  const [active, standby] = [liveNode(1), liveNode(2, { state: 'forwarding' })]
  const judge = (parts: Partial<RuleInput>) =>
    uncheckedWithoutRollback.judge({
      ...safetyInput({
        desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
        live: {
          nodes: [active, standby],
          mounts: [mountOf('a/', KV, 'v0.16.2', { nodes: [active] })],
        },
      }),
      ...parts,
    })
  const report = {
    node: active.address,
    command: commandOf(plugin(KV), version('v0.21.0')),
    expected: NEW,
    for: 'run' as const,
    result: 'same' as const,
  }

  expect(only(judge({}))).toMatchObject({ nodes: [active.address, standby.address] })
  expect(only(judge({ binaries: [report] }))).toMatchObject({ nodes: [standby.address] })
})

test('allows a file that nodes run since a failed run, whose journal has its command', () => {
  const file = { command: 'kv-2', sha256: NEW }
  const views = Object.fromEntries(NODES.map((node) => [node, { running_sha256: NEW }]))
  const judge = (command?: string) => {
    const { draft, ...rest } = safetyInput({
      ...inPlace('kv-2'),
      live: {
        catalog: [entryOf(KV, 'unversioned', { command: 'kv' })],
        mounts: [mountOf('team-a/', KV, 'unversioned', { except: views })],
      },
    })
    const known = { plugin: plugin(KV), version: UNVERSIONED, env: [] }
    const registered =
      command === undefined ? [] : [{ ...known, entry: { ...file, command, args: [] } }]
    return uncheckedWithoutRollback.judge({
      ...rest,
      draft: { ...draft, past: { ...draft.past, registered } },
    })
  }

  expect(only(judge())).toMatchObject({ nodes: NODES })
  expect(judge('kv-2')).toEqual([])
  expect(only(judge('kv'))).toMatchObject({ nodes: NODES })
})

test('warns if apply will make the check that an untrusted file asks for', () => {
  const command = ['sha256sum', '{command}']
  const parts = inPlace('kv')
  const cluster = { binaryCheck: { command, source: SOURCE } }
  const input = safetyInput({
    ...parts,
    desired: { ...parts.desired, cluster },
    runsCommands: false,
  })

  expect(only(uncheckedWithoutRollback.judge(input))).toMatchObject({ severity: 'warning' })
})
