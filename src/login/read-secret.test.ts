import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import { makeScratchFolder } from '../../test/cli/scratch-folder.ts'
import { startConnectProxy } from '../../test/proxy/connect-proxy.ts'
import { readSecretOf } from './read-secret.ts'
import type { SecretSource } from './settings.ts'

const jwtLogin = (jwt: SecretSource) => ({ method: 'jwt', mount: 'jwt', role: 'r', jwt }) as const
const ofFile = (path: string): SecretSource => ({ kind: 'file', from: '--jwt-file', path })

/** What the login with the content of a file as its password sends. */
async function passwordIn(text: string): Promise<string | undefined> {
  await using folder = await makeScratchFolder({ password: text })
  const password = ofFile(join(folder.path, 'password'))
  return await readSecretOf({ method: 'userpass', mount: 'u', username: 'me', password }, {})
}

test('a password loses the newline at its end, and no other space', async () => {
  expect(await passwordIn('pass word \r\n')).toBe('pass word ')
  expect(await passwordIn('two\n\n')).toBe('two\n')
  await expect(passwordIn('\n')).rejects.toMatchObject({ code: 'bad-login' })
})

test('a file that cannot be read is named with its setting', async () => {
  await using folder = await makeScratchFolder({ 'folder/': '' })
  const gone = join(folder.path, 'gone')
  await expect(readSecretOf(jwtLogin(ofFile(gone)), {})).rejects.toMatchObject({
    message: `${gone} cannot be read (ENOENT); --jwt-file names it for the login`,
  })
  await expect(readSecretOf(jwtLogin(ofFile(join(folder.path, 'folder'))), {})).rejects.toThrow(
    'cannot be read (EISDIR)',
  )
})

test('a JSON Web Token has three parts, and the error quotes nothing', async () => {
  await using folder = await makeScratchFolder({ good: 'a.b-_.c\n', bad: 'a-secret' })
  expect(await readSecretOf(jwtLogin(ofFile(join(folder.path, 'good'))), {})).toBe('a.b-_.c')
  const bad = readSecretOf(jwtLogin(ofFile(join(folder.path, 'bad'))), {})
  await expect(bad).rejects.toThrow(`${join(folder.path, 'bad')} holds no JSON Web Token`)
})

describe('the token of GitHub Actions', () => {
  const servers: { close: () => void }[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  async function ask(
    status: number,
    body: string,
    { env = {}, ...headers }: { env?: EnvironmentVariables; Location?: string } = {},
  ) {
    const asked: string[] = []
    const server = createServer(({ url = '', headers: { authorization } }, response) => {
      asked.push(`${url} ${authorization ?? ''}`)
      response.writeHead(status, { Connection: 'close', ...headers }).end(body)
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?v=2`
    const source = { kind: 'github', url, token: 'the-bearer', audience: 'a b&c' } as const
    const result = await readSecretOf(jwtLogin(source), env).catch((error: unknown) => error)
    return { asked, result }
  }

  test('is asked for with the audience and the token of the job', async () => {
    expect(await ask(200, '{"value":"a.b.c"}')).toEqual({
      ...{ asked: ['/token?v=2&audience=a+b%26c Bearer the-bearer'], result: 'a.b.c' },
    })
  })

  test.each([
    [403, 'the-bearer', {}, 'answered HTTP 403'],
    [200, '{"value":7}', {}, 'answered without a token'],
    [200, '<html>', {}, 'answered without a token'],
    [200, 'x'.repeat(70_000), {}, 'its answer is larger than 0.0625 MiB'],
    [302, '', { Location: 'http://127.0.0.1:1/' }, 'answered HTTP 302'],
  ])('that is answered with %d and no token is an error (8)', async (status, body, more, words) => {
    const { result } = await ask(status, body, more)

    expect(result).toMatchObject({ code: 'no-job-token', exitCode: 8 })
    expect((result as Error).message).toContain(words)
    expect((result as Error).message).not.toContain('the-bearer')
  })

  test('goes through the proxy of the environment', async () => {
    const refusal = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'
    await using proxy = await startConnectProxy({ answer: (socket) => socket.end(refusal) })
    const env = { HTTP_PROXY: proxy.url }

    // A loopback address needs no proxy.
    expect((await ask(200, '{"value":"a.b.c"}', { env })).result).toBe('a.b.c')
    const url = 'https://token.actions.example.com/x'
    const source = { kind: 'github', url, token: 'the-bearer', audience: undefined } as const
    const failed = readSecretOf(jwtLogin(source), { HTTPS_PROXY: proxy.url })

    await expect(failed).rejects.toThrow(`the proxy ${proxy.url}`)
    expect(proxy.asked).toEqual(['CONNECT token.actions.example.com:443'])
  })

  test.each(['http://example.com/token', 'not an address', 'file:///etc/passwd'])(
    'is not asked for at %s',
    async (url) => {
      const env = {}
      const source = { kind: 'github', url, token: 'the-bearer', audience: undefined } as const
      await expect(readSecretOf(jwtLogin(source), env)).rejects.toThrow('is not an https address')
    },
  )
})
