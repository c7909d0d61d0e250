import { describe, expect, test } from 'vitest'
import { driftReport } from '../../test/builders/drift-report.ts'
import type { Difference, DriftReport } from '../documents/drift.generated.ts'
import { findDrift } from '../drift/find-drift.ts'
import { ASKED, cluster, FILE, NEW } from '../../test/drift/one-mount.ts'
import { DRIFT_SEVERITIES } from '../drift/classes.ts'
import { driftExitCode, parseFailOn } from './fail-on.ts'

const difference = (name: Difference['class']): Difference => ({
  ...{ class: name, severity: DRIFT_SEVERITIES[name], fingerprint: '' },
  ...{ subject: 'a/', desired: '', found: '', cause: '', fix: '' },
})

type Lists = 'differences' | 'unreadable' | 'unmanaged' | 'unconfirmed'
type Found = Partial<Readonly<Record<Lists, readonly Difference['class'][]>>>

function exitCode(found: Found, failOn?: string): number {
  const lists = Object.entries(found).map(([list, names]) => [list, names.map(difference)])
  const report = driftReport(
    findDrift(FILE, cluster(NEW), ASKED),
    Object.fromEntries(lists) as Partial<DriftReport>,
  )
  return driftExitCode(report, failOn === undefined ? undefined : parseFailOn(failOn))
}

describe('without --fail-on', () => {
  test.each([
    [{}, 0],
    [{ differences: ['retire-pending'] }, 2],
    [{ unreadable: ['unreadable'] }, 9],
    [{ differences: ['node-skew'], unreadable: ['unreadable'] }, 2],
    [{ unmanaged: ['unmanaged'] }, 0],
    [{ unconfirmed: ['node-skew'] }, 9],
  ] as const)('%j ends with %d', (found, code) => {
    expect(exitCode(found)).toBe(code)
  })
})

test.each([
  ['mount-down', { differences: ['node-skew'] }, 0],
  ['mount-down, node-skew', { differences: ['node-skew'] }, 2],
  ['error', { differences: ['retire-pending'] }, 0],
  ['warning', { differences: ['retire-pending'] }, 2],
  ['warning', { differences: ['node-skew'] }, 2],
  ['warning', { unreadable: ['unreadable'] }, 9],
  ['unreadable', { unreadable: ['unreadable'] }, 2],
  ['mount-down', { differences: ['node-skew'], unreadable: ['unreadable'] }, 9],
  ['error', { unmanaged: ['unmanaged'] }, 0],
  ['note', { unmanaged: ['unmanaged'] }, 2],
  ['mount-down', { unconfirmed: ['node-skew'] }, 0],
] as const)('--fail-on %s with %j ends with %d', (failOn, found, code) => {
  expect(exitCode(found, failOn)).toBe(code)
})

test('a name that is neither a class nor a severity is refused with those that are', () => {
  expect(() => parseFailOn('mount-down,node_skew')).toThrow(
    /"node_skew" is no class .* node-skew,.* error\./s,
  )
})
