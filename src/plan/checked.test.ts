import { expect, test } from 'vitest'
import { mountPath, plugin, sha256Of, version } from '../../test/builders/live.ts'
import { UNKNOWN_HASH } from '../domain/names.ts'
import { type CheckRecord, type ExpectedCheck, hasPassed } from './checked.ts'

const NEW = version('v0.21.0')
const expected: ExpectedCheck = {
  sha256: sha256Of(plugin('secret/my-kv'), NEW),
  version: NEW,
  verify: [{ mount: mountPath('team-a/'), kind: 'read', path: 'ready' }],
}
const record: CheckRecord = { kind: 'passed', ...expected }

test('a record counts if it has the same binary and version', () => {
  expect(hasPassed(record, expected)).toBe(true)
  expect(hasPassed(record, { ...expected, version: version('v0.22.0') })).toBe(false)
})

test('a record counts for nothing if the server reports no hash: the version alone is no proof', () => {
  const unknown = { ...expected, sha256: UNKNOWN_HASH }

  expect(hasPassed({ kind: 'passed', ...unknown }, unknown)).toBe(false)
  expect(hasPassed(record, unknown)).toBe(false)
})
