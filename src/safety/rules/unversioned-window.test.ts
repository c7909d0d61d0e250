import { expect, test } from 'vitest'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { unversionedWindow } from './unversioned-window.ts'

const KV = 'secret/my-kv'
const stale = entryOf(KV, 'unversioned', { sha256: entryOf(KV, 'v0.1.0').sha256 })

test('notes that an unversioned upgrade opens a window until its last reload', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'unversioned', versions: ['unversioned'] })] },
    live: { catalog: [stale], mounts: [mountOf('team-a/', KV, 'unversioned')] },
  })

  expect(only(unversionedWindow.judge(input))).toMatchObject({
    subject: KV,
    message: `From the registration of ${KV} unversioned until the last of the plan’s reloads, a node that restarts starts the new binary for 1 mount: team-a/.`,
    mounts: ['team-a/'],
  })
})

test('says that the window stays open for a mount that the plan does not reload', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { versions: ['unversioned'] })] },
    live: { catalog: [stale], mounts: [mountOf('team-a/', KV, 'unversioned')] },
  })

  expect(only(unversionedWindow.judge(input)).message).toContain(
    'until a reload that the plan does not make for team-a/',
  )
})

test('notes the window of a return to the builtin', () => {
  const JWT = 'auth/jwt'
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin', retire: ['unversioned'] })] },
    live: {
      catalog: [entryOf(JWT, 'unversioned')],
      mounts: [mountOf('auth/jwt/', JWT, 'unversioned')],
    },
  })

  expect(only(unversionedWindow.judge(input)).message).toContain(
    'From the deregistration of auth/jwt unversioned',
  )
})

test('finds nothing for a versioned upgrade', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: { catalog: [stale], mounts: [mountOf('team-a/', KV, 'unversioned')] },
  })

  expect(unversionedWindow.judge(input)).toEqual([])
})

test('finds nothing for an entry that is retired after its mounts have left it', () => {
  const retiring = desiredPlugin(KV, {
    use: 'v0.21.0',
    versions: ['v0.21.0'],
    retire: ['unversioned'],
  })
  const input = safetyInput({
    desired: { plugins: [retiring] },
    live: { catalog: [stale], mounts: [mountOf('team-a/', KV, 'unversioned')] },
  })

  expect(input.draft.steps.at(-1)?.action.kind).toBe('deregister')
  expect(unversionedWindow.judge(input)).toEqual([])
})

test('leaves out mounts that have or get a version', () => {
  const desired = {
    plugins: [
      desiredPlugin(KV, { use: 'unversioned', versions: ['unversioned', 'v0.16.2', 'v0.21.0'] }),
    ],
    mounts: [
      desiredMount('team-b/', KV, { use: 'v0.21.0' }),
      desiredMount('team-c/', KV, { use: 'v0.16.2' }),
    ],
  }
  const otherMounts = [mountOf('team-b/', KV, 'unversioned'), mountOf('team-c/', KV, 'v0.16.2')]
  const catalog = [stale, entryOf(KV, 'v0.16.2')]
  const judged = (mounts: typeof otherMounts) =>
    unversionedWindow.judge(safetyInput({ desired, live: { catalog, mounts } }))

  expect(only(judged([mountOf('team-a/', KV, 'unversioned'), ...otherMounts])).mounts).toEqual([
    'team-a/',
  ])
  expect(judged(otherMounts)).toEqual([])
})

test('finds nothing for another plugin when one returns to its builtin, nor for a retired version in use', () => {
  const JWT = 'auth/jwt'
  const input = safetyInput({
    desired: {
      plugins: [
        desiredPlugin(JWT, { use: 'builtin', retire: ['unversioned'] }),
        desiredPlugin(KV, { retire: ['unversioned'] }),
        desiredPlugin('secret/other'),
      ],
    },
    live: {
      catalog: [entryOf(JWT, 'unversioned'), stale, entryOf('secret/other', 'unversioned')],
      mounts: [
        mountOf('auth/jwt/', JWT, 'unversioned'),
        mountOf('other/', 'secret/other', 'unversioned'),
        mountOf('team-a/', KV, 'unversioned'),
      ],
    },
  })

  expect(only(unversionedWindow.judge(input)).subject).toBe(JWT)
})
