/** The expected values were measured on OpenBao 2.7.2. */
import { expect, it } from 'vitest'
import { hasLatest, highestVersion, latestOf } from './latest.ts'
import { UNVERSIONED, type Version } from './names.ts'

const versions = (...texts: readonly string[]): Version[] => texts as Version[]

it.each([
  ['the highest version', ['v0.9.0', 'v0.16.2', 'v0.10.0'], 'v0.16.2'],
  ['a higher pre-release', ['v0.21.0', 'v0.22.0-rc1'], 'v0.22.0-rc1'],
  ['a release before its pre-release', ['v0.22.0-rc1', 'v0.22.0'], 'v0.22.0'],
  [
    'the first of two versions that differ only in build metadata',
    ['v0.21.0+ent', 'v0.21.0'],
    'v0.21.0',
  ],
  ['a version before the unversioned entry', ['', 'v0.1.0'], 'v0.1.0'],
  ['the unversioned entry if there is no other', [''], UNVERSIONED],
  ['undefined if nothing is registered', [], undefined],
])('latest is %s', (_what, registered, expected) => {
  expect(latestOf(versions(...registered))).toBe(expected)
})

it('the highest version of none is undefined', () => {
  expect(highestVersion([UNVERSIONED])).toBeUndefined()
})

it.each([
  ['openbao', '2.7.2', true],
  ['openbao', '2.6.9', false],
  ['openbao', '3.0.0', true],
  ['vault', '1.21.4', false],
] as const)('%s %s: %s', (product, server_version, expected) => {
  expect(hasLatest({ product, server_version })).toBe(expected)
})
