import { expect, test } from 'vitest'
import { completeVersion, explainNumber, readVersionText } from './version-text.ts'

test.each([
  ['v1.2', 'v1.2.0'],
  ['1', 'v1.0.0'],
  ['V1.2.3', 'v1.2.3'],
  ['v01.002.0', 'v1.2.0'],
  ['1.2-rc1', 'v1.2.0-rc1'],
  ['1.2.3.4', undefined],
  ['v1.2.x', undefined],
  ['latest', undefined],
])('suggests for %s the version %s', (text, suggestion) => {
  expect(completeVersion(text)).toBe(suggestion)
})

test.each([
  ['unversioned', { version: '' }],
  ['0.16.2', { version: 'v0.16.2' }],
  ['v1.0.0-rc1+ent', { version: 'v1.0.0-rc1+ent' }],
])('reads %s', (text, reading) => {
  expect(readVersionText(text)).toEqual(reading)
})

test('refuses a version with a number that no server can hold', () => {
  const { message } = readVersionText('v99999999999999999999.0.0') as { message: string }

  expect(message).toContain('15 digits are the most')
})

test.each([
  ['1.10', 1.1, 'version', '1.10 is read as the number 1.1; write v1.10.0 in full'],
  ['1.5', 1.5, 'version', '1.5 is read as a number; write v1.5.0 in full'],
  [
    '1e3',
    1000,
    'version',
    '1e3 is read as the number 1000; write a version such as v1.2.3 in full',
  ],
  ['0x10', 16, 'text', '0x10 is read as the number 16; put it in quotes'],
] as const)('explains the number %s', (written, value, expected, message) => {
  expect(explainNumber(written, value, expected)).toBe(message)
})
