import { expect, test } from 'vitest'
import { mountPath, plugin, sha256Of, version } from '../../test/builders/live.ts'
import { UNKNOWN_HASH } from '../domain/names.ts'
import { type CheckRecord, type ExpectedCheck, hasPassed } from './checked.ts'

const NEW = version('v0.21.0')
const due: ExpectedCheck = {
  sha256: sha256Of(plugin('secret/my-kv'), NEW),
  version: NEW,
  verify: [{ mount: mountPath('team-a/'), kind: 'read', path: 'ready' }],
}
const record: CheckRecord = { kind: 'passed', ...due }

test('a record of the same binary and version says that the checks passed', () => {
  expect(hasPassed(record, due)).toBe(true)
  expect(hasPassed(record, { ...due, version: version('v0.22.0') })).toBe(false)
})

test('the version alone is no proof: where no hash is reported, the checks are made again', () => {
  const unknown = { ...due, sha256: UNKNOWN_HASH }

  expect(hasPassed({ kind: 'passed', ...unknown }, unknown)).toBe(false)
  expect(hasPassed(record, unknown)).toBe(false)
})
