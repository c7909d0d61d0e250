import { expect, test } from 'vitest'
import { plugin, sha256Of, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { sha256Changed } from './sha256-changed.ts'

const KV = 'secret/my-kv'
const rebuilt = { sha256: sha256Of(plugin(KV), version('v9.9.9')) }

function runningRebuilt(node: string) {
  return mountOf('team-a/', KV, 'v0.21.0', {
    except: { [node]: { running_sha256: rebuilt.sha256 } },
  })
}

test('names a registered version with another hash in the file, both hashes, and its mounts', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { versions: ['v0.21.0'] })] },
    live: {
      catalog: [entryOf(KV, 'v0.21.0', rebuilt)],
      mounts: [runningRebuilt('http://node3:8200')],
    },
  })

  expect(only(sha256Changed.judge(input))).toMatchObject({
    subject: KV,
    message: `${KV} v0.21.0 is registered with SHA-256 ${rebuilt.sha256}, and the file says ${entryOf(KV, 'v0.21.0').sha256}. Configured for it: team-a/.`,
    mounts: ['team-a/'],
  })
})

test('warns if every mount runs the file’s binary: the plan only corrects the entry', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: {
      catalog: [entryOf(KV, 'v0.21.0', rebuilt)],
      mounts: [mountOf('team-a/', KV, 'v0.21.0')],
    },
  })

  expect(only(sha256Changed.judge(input))).toMatchObject({
    severity: 'warning',
    message: expect.stringContaining('team-a/ runs what the file says'),
    fix: expect.stringContaining('Find out who registered'),
  })
})

test('finds nothing for an unversioned entry, which is meant to be replaced', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { versions: ['unversioned'] })] },
    live: { catalog: [entryOf(KV, 'unversioned', rebuilt)] },
  })

  expect(sha256Changed.judge(input)).toEqual([])
})

test('finds nothing for another command with the same binary', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { versions: ['v0.21.0'] })] },
    live: { catalog: [entryOf(KV, 'v0.21.0', { command: 'elsewhere' })] },
  })

  expect(sha256Changed.judge(input)).toEqual([])
})

test('finds nothing for a version that the plan does not register', () => {
  const retiring = desiredPlugin(KV, { versions: ['v0.21.0'], retire: ['v0.21.0'] })
  const live = { catalog: [entryOf(KV, 'v0.21.0', rebuilt)] }

  expect(sha256Changed.judge(safetyInput({ desired: { plugins: [retiring] }, live }))).toEqual([])
})

test('does not name mounts of other versions', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { versions: ['v0.21.0'] })] },
    live: {
      catalog: [entryOf(KV, 'v0.21.0', rebuilt), entryOf(KV, 'v0.16.2')],
      mounts: [mountOf('team-a/', KV, 'v0.16.2')],
    },
  })

  expect(only(sha256Changed.judge(input))).toMatchObject({
    message: expect.stringContaining('No mount is configured for it.'),
    mounts: [],
  })
})
