import { expect, test } from 'vitest'
import { mountPath } from '../../../test/builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import type { Product } from '../../domain/live.ts'
import { mountDown } from './mount-down.ts'

const KV = 'secret/my-kv'
const NODE1 = 'http://node1:8200'
const down = mountOf('team-a/', KV, 'v0.21.0', {
  except: { [NODE1]: { answers: 'no', detail: 'route entry found, but backend is nil' } },
})
const live = {
  catalog: [entryOf(KV, 'v0.21.0')],
  mounts: [down, mountOf('team-b/', KV, 'v0.21.0')],
}

test('names a mount that does not answer, with its node and the server’s words', () => {
  const input = safetyInput({ desired: { plugins: [desiredPlugin(KV)] }, live })

  expect(only(mountDown.judge(input))).toMatchObject({
    subject: KV,
    message: `1 mount of ${KV} does not answer: team-a/ on ${NODE1} (“route entry found, but backend is nil”). The plan does not reload it there.`,
    mounts: ['team-a/'],
    nodes: [NODE1],
  })
})

test('says that writes may still fail after the reload on Vault', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: { ...live, product: 'vault' },
  })

  expect(only(mountDown.judge(input)).message).toContain(
    'The plan reloads it there, which may bring back reads but not writes',
  )
})

test('finds nothing for mounts that answer or were not asked', () => {
  const unchecked = mountOf('team-c/', KV, 'v0.21.0', {
    except: { [NODE1]: { answers: 'unchecked' } },
  })
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV)] },
    live: { ...live, mounts: [unchecked] },
  })

  expect(mountDown.judge(input)).toEqual([])
})

test('says only that the plan reloads the mount if the reload fixes it', () => {
  const upgrade = desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })
  const message = (plugins: readonly ReturnType<typeof desiredPlugin>[], product: Product) =>
    only(mountDown.judge(safetyInput({ desired: { plugins }, live: { ...live, product } }))).message

  expect(message([upgrade], 'openbao')).toMatch(/The plan reloads it there\.$/)
  expect(message([desiredPlugin(KV)], 'vault')).toMatch(/The plan does not reload it there\.$/)
})

test('says how many of several mounts the plan reloads', () => {
  const also = { ...down, path: mountPath('team-c/') }
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin(KV, { versions: ['v0.21.0'] })],
      mounts: [desiredMount('team-a/', KV, { use: 'v0.21.0' })],
    },
    live: { ...live, mounts: [down, also] },
  })

  expect(only(mountDown.judge(input)).message).toMatch(/The plan reloads 1 of these 2\.$/)
})
