import { describe, expect, test } from 'vitest'
import { DURATION_HINT } from '../domain/duration.ts'
import type { NodeAddress } from '../domain/names.ts'
import { makeScratchFolder } from '../../test/cli/scratch-folder.ts'
import { resolveConnection } from './connection.ts'

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

const resolve = (env: Readonly<Record<string, string>>) =>
  resolveConnection({
    flags: {},
    env: { BAO_TOKEN: 'token', ...env },
    home: '/nowhere',
    trustsFiles: true,
  })

describe('an authority', () => {
  test('that cannot be read is an error that names the setting', async () => {
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

describe('certificates and keys in variables', () => {
  const KEY = '-----BEGIN EC PRIVATE KEY-----\nBBBB\n-----END EC PRIVATE KEY-----\n'

  test('are their own text', async () => {
    const { tls } = await resolve({
      ...{ VAULT_CACERT_BYTES: CERTIFICATE, BAO_CLIENT_CERT_BYTES: CERTIFICATE },
      BAO_CLIENT_KEY_BYTES: KEY,
    })

    expect(tls).toMatchObject({ ca: [CERTIFICATE], cert: CERTIFICATE, key: KEY })
  })

  test('that hold the name of a file are refused by name, and without the value', async () => {
    const error = await resolve({ BAO_CLIENT_KEY_BYTES: 'a-secret' }).catch((one: unknown) => one)

    expect(error).toMatchObject({
      code: 'no-certificate',
      message: 'BAO_CLIENT_KEY_BYTES holds no private key',
    })
    expect(JSON.stringify(error)).not.toContain('a-secret')
  })
})

describe('an address that is not TCP', () => {
  test.each([
    [{ BAO_ADDR: 'unix:///run/bao.sock' }, '"unix:///run/bao.sock" is a Unix socket'],
    [{ VAULT_SRV_LOOKUP: 'true' }, 'VAULT_SRV_LOOKUP asks for an SRV lookup'],
  ])('%j is refused by name', async (env, message) => {
    await expect(resolve(env)).rejects.toMatchObject({
      code: 'unsupported-address',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining('https://vault.example.com:8200') as string,
    })
  })
})

describe('the time limit', () => {
  test.each([
    ['90', 90],
    ['1m30s', 90],
    ['250ms', 0.25],
  ])('%s is %d s', async (text, seconds) => {
    expect((await resolve({ BAO_CLIENT_TIMEOUT: text })).timeout).toBe(seconds * 1000)
  })

  test.each(['abc', '1m 30s'])('%s is refused by name', async (text) => {
    await expect(resolve({ VAULT_CLIENT_TIMEOUT: text })).rejects.toMatchObject({
      code: 'bad-timeout',
      message: `VAULT_CLIENT_TIMEOUT is "${text}", which is not a duration`,
      hint: DURATION_HINT,
    })
  })
})

describe('the address', () => {
  const source = { file: 'a.yaml', line: 3, column: 12 }
  const inFile = { value: 'https://file:8200' as NodeAddress, source }
  const choose = async (
    flag: string | undefined,
    env: Readonly<Record<string, string>>,
    file?: typeof inFile,
    trustsFiles = true,
  ) => {
    const found = await resolveConnection({
      flags: flag === undefined ? {} : { address: flag },
      ...(file !== undefined && { fileAddress: file }),
      trustsFiles,
      env: { BAO_TOKEN: 'token', ...env },
      home: '/nowhere',
    })
    return found.address
  }

  test('is taken from the flag, else from the variable, else from the file', async () => {
    const variable = { VAULT_ADDR: 'https://variable:8200' }
    expect(await choose('https://flag:8200', variable, inFile)).toBe('https://flag:8200')
    expect(await choose(undefined, variable)).toBe('https://variable:8200')
    expect(await choose(undefined, {}, inFile)).toBe('https://file:8200')
    expect(await choose(undefined, {})).toBe('https://127.0.0.1:8200')
    // The same address, written differently.
    expect(await choose(undefined, { BAO_ADDR: 'https://FILE:8200/' }, inFile)).toBe(inFile.value)
  })

  test.each(['https://file:8201', 'http://file:8200', 'https://other:8200'])(
    'of the variable (%s) must be that of the file',
    async (other) => {
      await expect(choose(undefined, { BAO_ADDR: other }, inFile)).rejects.toMatchObject({
        code: 'address-conflict',
        exitCode: 1,
        message: expect.stringContaining('a.yaml:3:12') as string,
      })
    },
  )

  test('is not taken from an untrusted file', async () => {
    await expect(choose(undefined, {}, inFile, false)).rejects.toMatchObject({
      code: 'no-trusted-address',
    })
    await expect(choose(undefined, {}, undefined, false)).rejects.toThrow('neither has one')
    expect(await choose('https://flag:8200', {}, inFile, false)).toBe('https://flag:8200')
  })
})
