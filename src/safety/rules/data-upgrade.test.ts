import { expect, test } from 'vitest'
import { builtinEntry, plugin, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import type { DataCompatibility } from '../../domain/desired.ts'
import { dataUpgrade } from './data-upgrade.ts'

const KV = 'secret/my-kv'
const JWT = 'auth/jwt'

function upgrade(data: DataCompatibility, from = 'v0.16.2') {
  return safetyInput({
    desired: {
      plugins: [
        desiredPlugin(KV, { use: 'v0.21.0', versions: [desiredVersion(KV, 'v0.21.0', { data })] }),
      ],
    },
    live: { catalog: [entryOf(KV, from)], mounts: [mountOf('team-a/', KV, from)] },
  })
}

test('accepts an upgrade within the declared range', () => {
  expect(dataUpgrade.judge(upgrade({ upgradeFrom: '>=0.16.0' }))).toEqual([])
})

test('accepts a pre-release within the declared range', () => {
  expect(dataUpgrade.judge(upgrade({ upgradeFrom: '>=0.16.0' }, 'v0.17.0-rc1'))).toEqual([])
})

test('gives an error for an upgrade outside the declared range', () => {
  const found = only(dataUpgrade.judge(upgrade({ upgradeFrom: '>=0.18.0' })))

  expect(found.severity).toBeUndefined()
  expect(found).toMatchObject({
    subject: KV,
    message: `team-a/ changes from ${KV} v0.16.2 to v0.21.0, but the file declares that v0.21.0 reads only data of >=0.18.0.`,
    mounts: ['team-a/'],
  })
})

test('warns of an undeclared upgrade, once for all mounts with the same change', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: {
      catalog: [entryOf(KV, 'v0.16.2')],
      mounts: [mountOf('team-a/', KV, 'v0.16.2'), mountOf('team-b/', KV, 'v0.16.2')],
    },
  })

  expect(only(dataUpgrade.judge(input))).toMatchObject({
    severity: 'warning',
    message: `team-a/ and team-b/ change from ${KV} v0.16.2 to v0.21.0, and the file does not declare that v0.21.0 reads the data of v0.16.2.`,
    nodes: ['http://node1:8200', 'http://node2:8200', 'http://node3:8200'],
  })
})

test('takes what runs from the hash, not from the version that the server copied', () => {
  const running = {
    running_version: version('v0.20.0'),
    running_sha256: entryOf(KV, 'v0.16.2').sha256,
  }
  const mount = mountOf('team-a/', KV, 'v0.20.0', { except: { 'http://node2:8200': running } })
  const data = { upgradeFrom: '>=0.18.0' }
  const input = safetyInput({
    desired: {
      plugins: [
        desiredPlugin(KV, { use: 'v0.21.0', versions: [desiredVersion(KV, 'v0.21.0', { data })] }),
      ],
    },
    live: { catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.20.0')], mounts: [mount] },
  })

  expect(only(dataUpgrade.judge(input))).toMatchObject({
    message: expect.stringContaining('from secret/my-kv v0.16.2'),
    nodes: ['http://node2:8200'],
  })
})

test('takes the version of an unversioned binary from an entry with the same hash', () => {
  const { sha256 } = entryOf(KV, 'v0.20.0')
  const data = { upgradeFrom: '>=0.20.0' }
  const input = safetyInput({
    desired: {
      plugins: [
        desiredPlugin(KV, { use: 'v0.21.0', versions: [desiredVersion(KV, 'v0.21.0', { data })] }),
      ],
    },
    live: {
      catalog: [entryOf(KV, 'unversioned', { sha256 }), entryOf(KV, 'v0.20.0')],
      mounts: [
        mountOf('team-a/', KV, 'unversioned', {
          except: Object.fromEntries(
            [1, 2, 3].map((node) => [`http://node${node}:8200`, { running_sha256: sha256 }]),
          ),
        }),
      ],
    },
  })

  expect(dataUpgrade.judge(input)).toEqual([])
})

test('warns of unversioned binaries, which cannot be compared', () => {
  const old = entryOf(KV, 'v0.1.0').sha256
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'unversioned', versions: ['unversioned'] })] },
    live: {
      catalog: [entryOf(KV, 'unversioned', { sha256: old })],
      mounts: [
        mountOf('team-a/', KV, 'unversioned', {
          except: Object.fromEntries(
            [1, 2, 3].map((node) => [`http://node${node}:8200`, { running_sha256: old }]),
          ),
        }),
      ],
    },
  })

  const found = only(dataUpgrade.judge(input))

  expect(found.severity).toBe('warning')
  expect(found.message).toContain('the two binaries have no versions to compare')
})

test('compares a builtin by its own version (Vault), not by the server’s (OpenBao)', () => {
  const data = { upgradeFrom: '>=0.25.0' }
  const overridden = (builtin: string) =>
    safetyInput({
      desired: {
        plugins: [
          desiredPlugin(JWT, {
            overridesBuiltin: true,
            use: 'v0.26.1',
            versions: [desiredVersion(JWT, 'v0.26.1', { data })],
          }),
        ],
      },
      live: {
        catalog: [builtinEntry(plugin(JWT), version(builtin))],
        mounts: [{ ...mountOf('auth/jwt/', JWT, builtin), configured_version: version('') }],
      },
    })

  expect(dataUpgrade.judge(overridden('v0.25.0+builtin'))).toEqual([])
  expect(only(dataUpgrade.judge(overridden('v2.7.2+builtin.bao'))).message).toContain(
    'from auth/jwt the compiled-in v2.7.2+builtin.bao to v0.26.1',
  )
})

test('says how to allow it if no range can declare it', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin', retire: ['unversioned'] })] },
    live: {
      catalog: [entryOf(JWT, 'unversioned')],
      mounts: [mountOf('auth/jwt/', JWT, 'unversioned')],
    },
  })

  const { message, fix } = only(dataUpgrade.judge(input))

  expect(message).toContain(
    'to the compiled-in plugin, and the two binaries have no versions to compare',
  )
  expect(fix).toContain(`{ rule: data-upgrade, subject: ${JWT}, because: … }`)
  expect(only(dataUpgrade.judge(upgrade({ upgradeFrom: '*' }, 'unversioned'))).fix).toBe(
    fix?.replace(JWT, KV),
  )
})

test('finds nothing for a mount that runs its target', () => {
  expect(dataUpgrade.judge(upgrade({}, 'v0.21.0'))).toEqual([])
})
