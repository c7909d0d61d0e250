import { expect, test } from 'vitest'
import { assertUnseen, canaries, secretsOf } from './canaries.ts'

const args = ['apply', '-f', 'lockstep.yaml']
const SECRET = 's.wrapping "token" 1/2'

test.each([
  ['as it is', `POST ${SECRET} -> 200`],
  ['in JSON', JSON.stringify({ told: SECRET })],
  ['in a URL', `/v1/sys/wrapping/unwrap?token=${encodeURIComponent(SECRET)}`],
  ['in base64', Buffer.from(`${SECRET}, and more`).toString('base64')],
])('a secret is found %s', (_, text) => {
  const written = { stdout: 'nothing', 'journals/one.jsonl': `before ${text} after` }

  expect(() => {
    assertUnseen(['another', SECRET], written, args)
  }).toThrow('lockstep apply -f lockstep.yaml has shown a secret in journals/one.jsonl')
})

test('a canary is found also where it was not given', () => {
  expect(() => {
    assertUnseen([], { log: `${canaries.stored}\n` }, args)
  }).toThrow('has shown a secret in log')
})

test('nothing is found where there is nothing', () => {
  assertUnseen([SECRET, '', undefined], { stdout: 'token 1/2', stderr: '' }, args)
})

test('every value of the environment is a secret, but addresses and what is short', () => {
  const env = {
    BAO_ADDR: 'http://127.0.0.1:8200',
    VAULT_CACERT: '/tmp/ca.pem',
    PATH: '/usr/bin:/bin',
    BAO_TOKEN: 's.token',
    HTTPS_PROXY: 'a-value',
    ANSWER: 'yes',
  }

  expect(secretsOf(env)).toEqual(['s.token', 'a-value'])
})
