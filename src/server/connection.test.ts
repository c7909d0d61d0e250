import { describe, expect, test } from 'vitest'
import { makeScratchFolder } from '../../test/cli/scratch-folder.ts'
import { resolveConnection } from './connection.ts'
import { parseDuration } from './duration.ts'

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

const resolve = (env: Readonly<Record<string, string>>) =>
  resolveConnection({ flags: {}, env: { BAO_TOKEN: 'token', ...env }, home: '/nowhere' })

describe('an authority', () => {
  test('that cannot be read is told with the setting that names it', async () => {
    await expect(resolve({ VAULT_CACERT: '/no/such.pem' })).rejects.toMatchObject({
      code: 'unreadable-file',
      message: '/no/such.pem cannot be read (ENOENT); VAULT_CACERT names it',
    })
    await expect(resolve({ BAO_CAPATH: '/no/such' })).rejects.toMatchObject({
      message: '/no/such cannot be read (ENOENT); BAO_CAPATH names it',
    })
  })

  test.each(['BAO_CACERT', 'BAO_CAPATH'])('of %s must be a certificate', async (name) => {
    await using folder = await makeScratchFolder({ 'ca.pem': 'a key, perhaps' })
    const value = name === 'BAO_CAPATH' ? folder.path : `${folder.path}/ca.pem`
    await expect(resolve({ [name]: value })).rejects.toMatchObject({ code: 'no-certificate' })
  })

  test('is read from a file or a folder', async () => {
    await using folder = await makeScratchFolder({ 'ca.pem': CERTIFICATE, 'key.pem': 'a key' })
    for (const env of [{ BAO_CACERT: `${folder.path}/ca.pem` }, { BAO_CAPATH: folder.path }]) {
      expect((await resolve(env)).tls.ca).toEqual([CERTIFICATE])
    }
  })
})

describe('the time limit', () => {
  test.each([
    ['90', 90],
    ['60s', 60],
    ['1m30s', 90],
    ['1.5h', 5400],
    ['250ms', 0.25],
  ])('%s is %d s', async (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
    expect((await resolve({ BAO_CLIENT_TIMEOUT: text })).timeout).toBe(seconds * 1000)
  })

  test.each(['abc', '1x', 's', '-5', '1m 30s'])('%s is refused by name', async (text) => {
    await expect(resolve({ VAULT_CLIENT_TIMEOUT: text })).rejects.toMatchObject({
      code: 'bad-timeout',
      message: `VAULT_CLIENT_TIMEOUT is "${text}", which is no time`,
    })
  })
})
