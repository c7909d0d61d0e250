import { expect, test } from 'vitest'
import { formatListenAddress, isLoopback, parseListenAddress } from './listen-address.ts'

test.each([
  ['127.0.0.1:9470', true],
  ['[::1]:9470', true],
  ['localhost:0', true],
  ['0.0.0.0:80', false],
  ['bao-1.example.com:9470', false],
])('%s is an address', (text, loopback) => {
  const address = parseListenAddress(text)

  expect(address && formatListenAddress(address)).toBe(text)
  expect(address && isLoopback(address)).toBe(loopback)
})

test.each([
  ...['', '9470', ':9470', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '127.0.0.1:-1'],
  ...['300.0.0.1:80', '1.2.3:80', '::1:9470', '[::1:9470', '[127.0.0.1]:80', 'a b:80'],
  ...['http://127.0.0.1:80', '127.0.0.1:80/', 'x@y:80', '127.0.0.1:80\n'],
])('%j is no address', (text) => {
  expect(parseListenAddress(text)).toBeUndefined()
})
