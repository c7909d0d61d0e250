import { expect, test } from 'vitest'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { siblings } from './siblings.ts'

const KV = 'secret/my-kv'
const catalog = [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')]

test('a mount held at the old version shares the process of those that leave it', () => {
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

test('the mounts that follow a canary are its siblings', () => {
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

test('mounts of one request disturb nobody, nor do those that run another version', () => {
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
