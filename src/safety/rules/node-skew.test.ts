import { expect, test } from 'vitest'
import { mountPath, version } from '../../../test/builders/live.ts'
import { BUILTIN } from '../../domain/names.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { nodeSkew } from './node-skew.ts'

const KV = 'secret/my-kv'
const NODE2 = 'http://node2:8200'
const [older, newer] = [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')]
const stale = { running_version: version('v0.16.2'), running_sha256: older.sha256 }
const skewed = mountOf('team-a/', KV, 'v0.21.0', { except: { [NODE2]: stale } })
const live = { catalog: [older, newer], mounts: [skewed] }

test('warns of a mount that runs different binaries also after the plan', () => {
  const input = safetyInput({ desired: { plugins: [desiredPlugin(KV)] }, live })

  expect(only(nodeSkew.judge(input))).toMatchObject({
    severity: 'warning',
    subject: KV,
    message: `team-a/ runs v0.21.0 (${newer.sha256}) on http://node1:8200 and http://node3:8200 and v0.16.2 (${older.sha256}) on ${NODE2}. The plan does not change that.`,
    mounts: ['team-a/'],
  })
})

test('names the unversioned binary and the builtin', () => {
  const builtin = { running_version: version(''), running_sha256: BUILTIN }
  const mount = mountOf('team-a/', KV, 'unversioned', { except: { [NODE2]: builtin } })
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV)] },
    live: { catalog: [entryOf(KV, 'unversioned')], mounts: [mount] },
  })

  expect(only(nodeSkew.judge(input)).message).toMatch(
    /runs unversioned \(\w+\) on .* and the builtin on http:\/\/node2:8200\./,
  )
})

test('gives a note if the plan reloads the node', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live,
  })

  expect(only(nodeSkew.judge(input)).severity).toBe('note')
})

test('ignores a node on which the mount is down', () => {
  const down = mountOf('team-a/', KV, 'v0.21.0', {
    except: { [NODE2]: { ...stale, answers: 'no' } },
  })
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV)] },
    live: { ...live, mounts: [down] },
  })

  expect(nodeSkew.judge(input)).toEqual([])
})

test('describes the first of several mounts and counts the others; if the plan fixes it, nothing is to do', () => {
  const more = { ...live, mounts: [skewed, { ...skewed, path: mountPath('team-b/') }] }
  const upgrade = desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })
  const input = safetyInput({ desired: { plugins: [upgrade] }, live: more })

  expect(only(nodeSkew.judge(input))).toMatchObject({
    message: expect.stringContaining(
      ', and 1 more mount differs too. The plan’s reloads fix',
    ) as string,
    fix: expect.stringContaining('the plan fixes this') as string,
    mounts: ['team-a/', 'team-b/'],
  })
})
