/** Which proxy a node is reached through. The cases of NO_PROXY are those of Go's own rules. */
import { describe, expect, test } from 'vitest'
import { LockstepError } from '../domain/errors.ts'
import { parseNodeAddress } from '../domain/names.ts'
import { proxiesOf, proxyPasswords } from './proxies.ts'

function proxyOf(env: Record<string, string>, node = 'https://vault.example.com:8200') {
  return proxiesOf(env)?.(parseNodeAddress(node)!)
}

const HTTPS = { HTTPS_PROXY: 'http://proxy.test:3128' }

describe('the proxy of a node', () => {
  test('is none without a variable', () => {
    expect(proxiesOf({ HTTPS_PROXY: '', NO_PROXY: '*' })).toBeUndefined()
  })

  test.each([
    [{ ALL_PROXY: 'a', HTTPS_PROXY: 'b' }, 'HTTPS_PROXY'],
    [{ ALL_PROXY: 'a', HTTP_PROXY: 'b' }, 'ALL_PROXY'],
    [{ all_proxy: 'a' }, 'all_proxy'],
    [{ https_proxy: 'a', HTTPS_PROXY: 'b' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'a', VAULT_HTTP_PROXY: 'b' }, 'VAULT_HTTP_PROXY'],
    [{ VAULT_HTTP_PROXY: 'a', BAO_HTTP_PROXY: 'b' }, 'BAO_HTTP_PROXY'],
    [{ BAO_HTTP_PROXY: 'a', VAULT_PROXY_ADDR: 'b' }, 'VAULT_PROXY_ADDR'],
    [{ VAULT_PROXY_ADDR: 'a', BAO_PROXY_ADDR: 'b' }, 'BAO_PROXY_ADDR'],
  ])('of %j is that of %s', (env: Record<string, string>, from) => {
    expect(proxyOf(env)?.from).toBe(from)
  })

  test('of an http node is that of HTTP_PROXY', () => {
    const env = { HTTPS_PROXY: 'a', HTTP_PROXY: 'b' }
    expect(proxyOf(env, 'http://vault.example.com:8200')?.from).toBe('HTTP_PROXY')
  })

  test.each([
    ['proxy.test:3128', 'http://proxy.test:3128'],
    ['http://u:p@proxy.test:3128/path', 'http://proxy.test:3128'],
    ['https://proxy.test', 'https://proxy.test'],
    ['http://[::1]:3128', 'http://[::1]:3128'],
    ['  http://proxy.test  ', 'http://proxy.test'],
  ])('of %j is shown as %s', (value, origin) => {
    expect(proxyOf({ HTTPS_PROXY: value })?.origin).toBe(origin)
  })

  test('has the decoded credentials of its URL', () => {
    const proxy = proxyOf({ HTTPS_PROXY: 'http://me%40x:a%3Ab@proxy.test:3128' })
    expect(proxy?.credentials).toEqual({ user: 'me@x', password: 'a:b' })
  })

  test.each([
    ['http://user:hunter22@', 'is not the URL of a proxy'],
    ['http://user:hunter22%zz@proxy', 'is not percent-encoded correctly'],
    ['socks5://user:hunter22@proxy:1080', 'socks5://, which Lockstep does not support'],
    ['http://[hunter22', 'is not the URL of a proxy'],
  ])('%s is an error without the value', (value, words) => {
    const error = thrown(() => proxyOf({ HTTPS_PROXY: value }))
    expect(error).toBeInstanceOf(LockstepError)
    expect(error).toMatchObject({ code: 'bad-proxy', exitCode: 1 })
    const text = `${String(error)} ${(error as LockstepError).hint}`
    expect(text).toContain(words)
    expect(text).toContain('HTTPS_PROXY')
    expect(text).not.toContain('hunter22')
  })
})

describe('NO_PROXY', () => {
  test.each([
    ['example.com', 'https://example.com:8200'],
    ['example.com', 'https://vault.example.com:8200'],
    ['EXAMPLE.com', 'https://vault.example.com:8200'],
    ['.example.com', 'https://vault.example.com:8200'],
    ['*.example.com', 'https://vault.example.com:8200'],
    ['a.test, ,example.com', 'https://example.com:8200'],
    ['a.test example.com', 'https://example.com:8200'],
    ['example.com:8200', 'https://vault.example.com:8200'],
    ['bücher.example', 'https://vault.xn--bcher-kva.example:8200'],
    ['10.0.0.0/8', 'https://10.9.8.7:8200'],
    ['10.1.2.3/8', 'https://10.9.8.7:8200'],
    ['10.9.8.7', 'https://10.9.8.7:8200'],
    ['10.9.8.7:8200', 'https://10.9.8.7:8200'],
    ['fd00::/8', 'https://[fd12::1]:8200'],
    ['fd12::1', 'https://[fd12:0:0::1]:8200'],
    ['[fd12::1]:8200', 'https://[fd12::1]:8200'],
    ['*', 'https://anything.test:8200'],
  ])('%s exempts %s', (list, node) => {
    expect(proxyOf({ ...HTTPS, NO_PROXY: list }, node)).toBeUndefined()
    expect(proxyOf({ ...HTTPS, no_proxy: list }, node)).toBeUndefined()
  })

  test.each([
    ['example.com', 'https://badexample.com:8200'],
    ['.example.com', 'https://example.com:8200'],
    ['example.com:443', 'https://example.com:8200'],
    ['10.0.0.0/8', 'https://11.0.0.1:8200'],
    ['10.0.0.0/33', 'https://10.0.0.1:8200'],
    ['10.0.0.0/', 'https://10.0.0.1:8200'],
    ['10.9.8.7:443', 'https://10.9.8.7:8200'],
    ['0.0.0.7', 'https://10.0.0.7:8200'],
    ['::/129', 'https://[fd12::1]:8200'],
    ['/8,:,.,*.,[,]:1,:80', 'https://10.0.0.1:8200'],
  ])('%s does not exempt %s', (list, node) => {
    expect(proxyOf({ ...HTTPS, NO_PROXY: list }, node)?.from).toBe('HTTPS_PROXY')
  })

  test.each([
    'https://localhost:8200',
    'https://127.0.0.1:8200',
    'https://127.9.9.9',
    'https://[::1]:8200',
  ])('need not name %s', (node) => {
    expect(proxyOf(HTTPS, node)).toBeUndefined()
  })

  test('does not limit the variables of the servers’ command lines', () => {
    const env = { BAO_HTTP_PROXY: 'http://proxy.test:3128', NO_PROXY: '*' }
    expect(proxyOf(env, 'https://127.0.0.1:8200')).toMatchObject({ limitedByNoProxy: false })
  })
})

test('every password of a proxy is known, decoded and as it is written', () => {
  const env = {
    HTTPS_PROXY: 'http://u:a%40secret@proxy.test',
    all_proxy: 'u:another@proxy.test',
    VAULT_PROXY_ADDR: 'socks5://u:third@proxy.test',
    NO_PROXY: 'x',
    OTHER: 'http://u:not@proxy.test',
  }
  expect(new Set(proxyPasswords(env))).toEqual(
    new Set(['a%40secret', 'a@secret', 'another', 'third']),
  )
})

function thrown(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
