import { expect, test } from 'vitest'
import { builtinEntry, mountPath, nodeAddress, plugin, version } from '../../test/builders/live.ts'
import { desiredPlugin, entryOf, mountOf, safetyInput } from '../../test/builders/safety-input.ts'
import { effectsOf } from './effects.ts'

const KV = plugin('secret/my-kv')

test('a mount that is tuned and reloaded runs its target on every node after the plan', () => {
  const before = mountOf('team-a/', KV, 'v0.16.2')
  const { draft } = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: { catalog: [entryOf(KV, 'v0.16.2')], mounts: [before] },
  })

  expect(effectsOf(draft).mountAfter(before)).toEqual(mountOf('team-a/', KV, 'v0.21.0'))
})

test('a mount that no step touches stays as it is', () => {
  const before = mountOf('team-a/', KV, 'v0.16.2')
  const { draft } = safetyInput({ live: { mounts: [before] } })

  const effects = effectsOf(draft)

  expect(effects.mountAfter(before)).toBe(before)
  expect(effects.tunes(before.path)).toBe(false)
  expect(effects.reloads(before.path)).toBe(false)
})

test('a mount that falls back to the builtin runs the builtin’s version', () => {
  const JWT = plugin('auth/jwt')
  const BUILTIN = version('v2.7.2+builtin.bao')
  const before = mountOf('auth/jwt/', JWT, 'unversioned')
  const { draft } = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin', retire: ['unversioned'] })] },
    live: {
      catalog: [entryOf(JWT, 'unversioned'), builtinEntry(JWT, BUILTIN)],
      mounts: [before],
    },
  })

  const effects = effectsOf(draft)

  expect(effects.mountAfter(before).nodes[0]).toMatchObject({
    configured_version: '',
    running_version: BUILTIN,
    running_sha256: 'builtin',
  })
  expect(effects.deregisters(JWT, version(''))).toBe(true)
})

test('registrations, and reloads of single nodes, are effects', () => {
  const stale = { answers: 'no' as const }
  const down = mountOf('team-a/', KV, 'v0.21.0', { except: { 'http://node2:8200': stale } })
  const { draft } = safetyInput({
    desired: {
      plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.20.0', 'v0.21.0'] })],
    },
    live: { catalog: [entryOf(KV, 'v0.21.0')], mounts: [down] },
  })

  const effects = effectsOf(draft)

  expect(effects.registered.map((action) => action.version)).toEqual(['v0.20.0'])
  expect(effects.registers(KV, version('v0.21.0'))).toBe(false)
  expect([1, 2, 3].map((node) => effects.reloads(mountPath('team-a/'), nodeAddress(node)))).toEqual(
    [false, true, false],
  )
})
