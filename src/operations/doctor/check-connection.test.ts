import { describe, expect, test } from 'vitest'
import type { NodeAddress } from '../../domain/names.ts'
import type { ServerCertificate } from '../../server/peer-certificate.ts'
import { checkCertificates, checkProxies } from './check-connection.ts'

const NODE = 'https://bao-1.test:8200' as NodeAddress
const NOW = new Date('2026-05-01T10:00:00Z')

describe('certificates', () => {
  const check = (over: Partial<ServerCertificate>) =>
    checkCertificates(
      new Map([
        [
          NODE,
          {
            ...{ names: 'DNS:bao-1.test', issuer: 'Our CA', untrusted: undefined },
            until: Date.parse('2026-12-01T10:00:00Z'),
            ...over,
          },
        ],
      ]),
      { address: NODE, now: NOW },
    )

  test('that are trusted and live long are named', () => {
    expect(check({})).toMatchObject({
      result: 'ok',
      details: [`${NODE}: DNS:bao-1.test, signed by Our CA, ends in 214 days`],
    })
  })

  test.each([
    [{ until: Date.parse('2026-05-03T10:00:00Z') }, 'A certificate ends in 2 days.'],
    [{ until: NaN }, 'A certificate has an end that cannot be read.'],
    [{ untrusted: 'CERT_HAS_EXPIRED' }, 'Certificates are not verified'],
  ])('with %j are a warning', (over, words) => {
    const { result, message, fix } = check(over)

    expect({ result, message }).toEqual({
      result: 'warning',
      message: expect.stringContaining(words) as unknown,
    })
    expect(fix).toBeDefined()
  })

  test('with hundreds of names are cut', () => {
    expect(check({ names: 'DNS:a.test, '.repeat(500) }).details[0]?.length).toBeLessThan(400)
  })

  test.each([
    ['http://10.0.0.1:8200', 'warning'],
    ['http://127.0.0.1:8200', 'skipped'],
    ['https://10.0.0.1:8200', 'skipped'],
  ])('of %s, which showed none: %s', (address, result) => {
    const none = checkCertificates(new Map(), { address: address as NodeAddress, now: NOW })

    expect(none.result).toBe(result)
  })
})

describe('proxies', () => {
  test.each([
    [{}, NODE, 'ok', 'No variable names a proxy.'],
    [{ HTTPS_PROXY: 'http://u:hunter22@p.test', NO_PROXY: '.test' }, NODE, 'ok', 'no node of this'],
    [{ HTTPS_PROXY: 'http://u:hunter22@p.test' }, NODE, 'ok', '1 of 1 addresses'],
    [
      { BAO_HTTP_PROXY: 'http://u:hunter22@p.test' },
      'http://127.0.0.1:8200',
      'warning',
      'the proxy reads the token',
    ],
    [{ HTTPS_PROXY: 'socks5://u:hunter22@p.test' }, NODE, 'failed', 'does not support'],
  ])('of %j for %s: %s', async (env: Record<string, string>, address, result, words) => {
    const check = await checkProxies([address as NodeAddress], env)

    expect(check.result).toBe(result)
    expect(check.message).toContain(words)
    expect(JSON.stringify(check)).not.toContain('hunter22')
  })
})
