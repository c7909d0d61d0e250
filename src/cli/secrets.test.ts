import { expect, it } from 'vitest'
import { withoutSecrets } from './secrets.ts'

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
