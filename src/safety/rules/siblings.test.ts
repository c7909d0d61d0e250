import { expect, test } from 'vitest'
import { nodeAddress, version } from '../../../test/builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import type { LiveMount, MountOnNode } from '../../domain/live.ts'
import { BUILTIN } from '../../domain/names.ts'
import { siblings } from './siblings.ts'

const KV = 'secret/my-kv'
const catalog = [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')]

test('names a mount that stays on the old version and shares a process with changed mounts', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.16.2', 'v0.21.0'] })],
      mounts: [desiredMount('legacy/', KV, { use: 'v0.16.2' })],
    },
    live: {
      catalog,
      mounts: [mountOf('legacy/', KV, 'v0.16.2'), mountOf('team-a/', KV, 'v0.16.2')],
    },
  })

  expect(only(siblings.judge(input))).toMatchObject({
    subject: KV,
    message: expect.stringContaining(`1 mount of ${KV} may share a process`),
    mounts: ['legacy/'],
    nodes: ['http://node2:8200', 'http://node3:8200', 'http://node1:8200'],
  })
})

test('names the mounts that follow a canary', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })],
      mounts: [desiredMount('canary/', KV, { canary: true })],
    },
    live: {
      catalog,
      mounts: ['canary/', 'team-a/', 'team-b/'].map((path) => mountOf(path, KV, 'v0.16.2')),
    },
  })

  expect(only(siblings.judge(input)).mounts).toEqual(['team-a/', 'team-b/'])
})

test('ignores mounts of the same request, and mounts that run another version', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: {
      catalog,
      mounts: [
        mountOf('team-a/', KV, 'v0.16.2'),
        mountOf('team-b/', KV, 'v0.16.2'),
        mountOf('team-c/', KV, 'v0.21.0'),
      ],
    },
  })

  expect(siblings.judge(input)).toEqual([])
})

test('ignores the builtin, which has no process, and processes of another version or binary', () => {
  const nodes = [1, 2, 3].map(nodeAddress)
  const running = (view: Partial<MountOnNode>) => ({
    except: Object.fromEntries(nodes.map((node) => [node, view])),
  })
  const builtin = running({ running_sha256: BUILTIN, running_version: version('') })
  const judged = (canary: LiveMount, other: LiveMount) =>
    siblings.judge(
      safetyInput({
        desired: {
          plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })],
          mounts: [desiredMount('canary/', KV, { canary: true })],
        },
        live: { catalog, mounts: [canary, other] },
      }),
    )

  const old = mountOf('canary/', KV, 'v0.16.2')
  expect(judged(old, mountOf('b/', KV, 'v0.16.2'))).toHaveLength(1)
  expect(
    judged(old, mountOf('b/', KV, 'v0.16.2', running({ running_version: version('v0.1.0') }))),
  ).toEqual([])
  expect(
    judged(
      old,
      mountOf('b/', KV, 'v0.16.2', running({ running_sha256: entryOf(KV, 'v0.1.0').sha256 })),
    ),
  ).toEqual([])
  expect(
    judged(mountOf('canary/', KV, 'v0.16.2', builtin), mountOf('b/', KV, 'v0.16.2', builtin)),
  ).toEqual([])
})
