import { expect, test } from 'vitest'
import { nodeAddress, plugin, sha256Of, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { replacedInPlace } from './replaced-in-place.ts'

const KV = 'secret/my-kv'
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
  expect(only(replacedInPlace.judge(safetyInput(inPlace('kv'))))).toMatchObject({
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
    replacedInPlace.judge({ ...safetyInput(inPlace('kv')), binaries: checked(NODES) }),
  ).toEqual([])
  expect(
    only(
      replacedInPlace.judge({ ...safetyInput(inPlace('kv')), binaries: checked(NODES.slice(1)) }),
    ),
  ).toMatchObject({ nodes: [NODES[0]] })
})

test('allows a new file name, since the old file stays for the rollback', () => {
  expect(replacedInPlace.judge(safetyInput(inPlace('kv-2')))).toEqual([])
})
