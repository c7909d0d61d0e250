import { describe, expect, it } from 'vitest'
import { withoutSecrets } from './mask.ts'

it.each([
  { text: 'X-Vault-Token: hvs.CAESIJ', masked: 'X-Vault-Token: ***' },
  { text: 'tok=hvs.CAESIJ/hvs.CAESIJ', masked: 'tok=***/***' },
  { text: '{"key":"first line\\nsecond line"}', masked: '{"key":"***"}' },
  { text: 'first line and no more', masked: '*** and no more' },
  { text: 'q=a%2Fb%20c%3Dd', masked: 'q=***' },
  { text: 'longer-than-that-one', masked: '***' },
  { text: 'yes, it is on', masked: 'yes, it is on' },
])('$text', ({ text, masked }) => {
  const secrets = ['hvs.CAESIJ', 'first line\nsecond line', 'a/b c=d', 'longer', 'on', '']

  expect(withoutSecrets(text, [...secrets, 'longer-than-that-one'])).toBe(masked)
})

describe('withoutSecrets', () => {
  const SECRET = 'p<ss"w\\rd/ü?>~+ 1'
  const bytes = Buffer.from(SECRET)
  const around = (before: string): string => `${before}${SECRET} and more`

  it.each([
    ['as JSON', JSON.stringify(SECRET).slice(1, -1)],
    [
      'as JSON of Go',
      JSON.stringify(SECRET).slice(1, -1).replace('<', '\\u003c').replace('>', '\\u003E'),
    ],
    ['as JSON in ASCII', JSON.stringify(SECRET).slice(1, -1).replace('ü', '\\u00fc')],
    ['in a URL', encodeURIComponent(SECRET)],
    [
      'in a URL, in small letters',
      encodeURIComponent(SECRET).replace(/%../g, (one) => one.toLowerCase()),
    ],
    ['in a URL, in part', SECRET.replace('/', '%2F').replace(' ', '+')],
    ['in hexadecimal digits', bytes.toString('hex')],
    ['in hexadecimal capitals', bytes.toString('hex').toUpperCase()],
    ['in base64', bytes.toString('base64')],
    ['in base64url', bytes.toString('base64url')],
    ...['', 'u', 'ur', 'user:'].flatMap((before) => [
      [`in base64 after "${before}"`, Buffer.from(around(before)).toString('base64')],
      [`in base64url after "${before}"`, Buffer.from(around(before)).toString('base64url')],
    ]),
  ])('masks a secret %s', (_form, text) => {
    const masked = withoutSecrets(`before ${text} after`, [SECRET])

    expect(masked).toContain('***')
    // At most the digits that encode both the secret and its neighbours are left.
    const left = masked.split('***')[0]!.replace('before ', '')
    expect(left.length).toBeLessThanOrEqual(8)
    expect(masked).not.toContain(text)
  })
})

it('masks a secret with characters that have a meaning in regular expressions', () => {
  expect(withoutSecrets('a.*(b)[c]{2}|^$', ['a.*(b)[c]{2}|^$'])).toBe('***')
  expect(withoutSecrets('axx(b)c', ['a.*(b)[c]'])).toBe('axx(b)c')
})
