import { expect, test } from 'vitest'
import { fillPlaceholders } from './fill-placeholders.ts'

test('a placeholder is filled wherever it stands, and others stay', () => {
  expect(fillPlaceholders('{mount}x{mount}{other}{constructor}', { mount: 'a/' })).toBe(
    'a/xa/{other}{constructor}',
  )
})

test('a value is inserted as it is', () => {
  expect(fillPlaceholders('{mount} on {node}', { mount: '$&$$/{node}', node: 'n' })).toBe(
    '$&$$/{node} on n',
  )
})
