import { expect, test } from 'vitest'
import { nameNodes } from './node-names.ts'

const named = (...addresses: readonly string[]) =>
  nameNodes(addresses.map((address) => ({ address })))

test('names a node by its host', () => {
  const names = named('http://node1:8200', 'https://node2.example:8200', 'https://[fd00::1]:8200')

  expect(names.of('https://node2.example:8200')).toBe('node2.example')
  expect(names.of('https://[fd00::1]:8200')).toBe('[fd00::1]')
})

test('adds the port to nodes that share a host', () => {
  const names = named('http://127.0.0.1:8200', 'http://127.0.0.1:8210', 'http://node3:8200')

  expect(names.of('http://127.0.0.1:8210')).toBe('127.0.0.1:8210')
  expect(names.of('http://node3:8200')).toBe('node3')
})

test('keeps an address of another cluster', () => {
  expect(named('http://node1:8200').of('http://node9:8200')).toBe('http://node9:8200')
})

test('replaces addresses in a text, and nothing that is more than an address', () => {
  const names = named('http://node1:8200', 'http://node1:82')

  expect(names.within('http://node1:8200: sealed; on http://node1:8200, http://node1:82.')).toBe(
    'node1:8200: sealed; on node1:8200, node1:82.',
  )
  expect(names.within('curl http://node1:8200/v1/sys/seal')).toBe(
    'curl http://node1:8200/v1/sys/seal',
  )
})
