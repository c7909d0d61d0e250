import { describe, expect, it } from 'vitest'
import { withoutSecrets } from './mask.ts'

it.each([
  { text: 'X-Vault-Token: hvs.CAESIJ', told: 'X-Vault-Token: ***' },
  { text: 'tok=hvs.CAESIJ/hvs.CAESIJ', told: 'tok=***/***' },
  { text: '{"key":"first line\\nsecond line"}', told: '{"key":"***"}' },
  { text: 'first line and no more', told: '*** and no more' },
  { text: 'q=a%2Fb%20c%3Dd', told: 'q=***' },
  { text: 'longer-than-that-one', told: '***' },
  { text: 'yes, it is on', told: 'yes, it is on' },
])('$text', ({ text, told }) => {
  const secrets = ['hvs.CAESIJ', 'first line\nsecond line', 'a/b c=d', 'longer', 'on', '']

  expect(withoutSecrets(text, [...secrets, 'longer-than-that-one'])).toBe(told)
})

describe('a secret in another form', () => {
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
  ])('is masked %s', (_form, text) => {
    const told = withoutSecrets(`before ${text} after`, [SECRET])

    expect(told).toContain('***')
    // At most the digits that the secret shares with its neighbours are left of it.
    const left = told.split('***')[0]!.replace('before ', '')
    expect(left.length).toBeLessThanOrEqual(8)
    expect(told).not.toContain(text)
  })
})

it('masks one that has characters which patterns give a meaning', () => {
  expect(withoutSecrets('a.*(b)[c]{2}|^$', ['a.*(b)[c]{2}|^$'])).toBe('***')
  expect(withoutSecrets('axx(b)c', ['a.*(b)[c]'])).toBe('axx(b)c')
})
