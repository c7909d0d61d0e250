import { expect, it } from 'vitest'
import { hasSecretArgument, maskArguments } from './secret-arguments.ts'

it.each([
  [['--dsn=postgres://app:hunter2@db:5432/x'], ['--dsn=postgres://app:***@db:5432/x']],
  [['postgres://app:p@ss@db/x'], ['postgres://app:***@db/x']],
  [['https://ghp_abc@host/x'], ['https://***@host/x']],
  [['--password=hunter2'], ['--password=***']],
  [
    ['-db-password', 'hunter2', '--log'],
    ['-db-password', '***', '--log'],
  ],
  [['host=db password=hunter2 user=me'], ['host=db password=*** user=me']],
  [['a?API_KEY=1&token=2&x=3'], ['a?API_KEY=***&token=***&x=3']],
  [['clientSecret="a b" x'], ['clientSecret=*** x']],
  [['token: hunter2'], ['token: ***']],
  [['{"password":"a b","user":"me"}'], ['{"password":***,"user":"me"}']],
  [['Authorization-Key:hunter2'], ['Authorization-Key:***']],
])('%j is shown as %j', (given, shown) => {
  expect(maskArguments(given)).toEqual(shown)
  expect(hasSecretArgument(given)).toBe(true)
})

it.each([
  [['--log-level=debug', '-v', 'keys', 'token']],
  [['https://host:8200/x?y=z', 'me@host']],
  [['--token', '--log']],
  [['--password=']],
  [[]],
])('%j is shown as it is', (given) => {
  expect(maskArguments(given)).toEqual(given)
  expect(hasSecretArgument(given)).toBe(false)
})
