/** What a server with TLS sees of the program: its certificate, and who it says it is. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { makeCertificate } from '../cluster/certificate.ts'
import manifest from '../../package.json' with { type: 'json' }
import { startConnectProxy } from '../proxy/connect-proxy.ts'
import { runLockstep } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

async function startServer() {
  await using scratch = await makeScratchFolder({})
  const files = await makeCertificate(scratch.path)
  const [certificate, key] = await Promise.all([
    readFile(files.certificate, 'utf8'),
    readFile(files.key, 'utf8'),
  ])
  const seen: { certified: boolean; userAgent: string | undefined }[] = []
  const server = createServer(
    { cert: certificate, key, ca: certificate, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      seen.push({
        certified: 'authorized' in request.socket && request.socket.authorized === true,
        userAgent: request.headers['user-agent'],
      })
      response.writeHead(503, { 'Content-Type': 'application/json' })
      response.end('{"errors":["Vault is sealed"]}')
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...{ certificate, key, seen },
    port: (server.address() as AddressInfo).port,
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test.each(['BAO', 'VAULT'])(
  'the texts in %s_CACERT_BYTES, _CLIENT_CERT_BYTES and _CLIENT_KEY_BYTES are used',
  async (prefix) => {
    await using server = await startServer()

    const run = await runLockstep(['status', '--verbose'], {
      env: {
        BAO_ADDR: server.address,
        [`${prefix}_CACERT_BYTES`]: server.certificate,
        [`${prefix}_CLIENT_CERT_BYTES`]: server.certificate,
        [`${prefix}_CLIENT_KEY_BYTES`]: server.key,
      },
    })

    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('is sealed')
    expect(server.seen.length).toBeGreaterThan(0)
    for (const request of server.seen) {
      expect(request).toEqual({ certified: true, userAgent: `lockstep/${manifest.version}` })
    }
    const [, secret = ''] = server.key.split('\n')
    expect(run.stdout + run.stderr).not.toContain(secret)
  },
)

test('without them the server sees no certificate', async () => {
  await using server = await startServer()

  await runLockstep(['status'], {
    env: { BAO_ADDR: server.address, BAO_CACERT_BYTES: server.certificate },
  })

  expect(server.seen.length).toBeGreaterThan(0)
  expect(server.seen.every(({ certified }) => !certified)).toBe(true)
})

describe('a proxy that speaks TLS', () => {
  test('is verified with the authorities of Node, and the node behind it with those of the settings', async () => {
    await using server = await startServer()
    await using own = await startServer()
    await using scratch = await makeScratchFolder({ 'proxy.pem': own.certificate })
    await using proxy = await startConnectProxy({
      tls: { cert: own.certificate, key: own.key },
      leadTo: { host: '127.0.0.1', port: server.port },
    })
    // No certificate here is for this name: that of the node is checked for localhost.
    const env = {
      BAO_ADDR: 'https://node.test:8200',
      BAO_CACERT_BYTES: server.certificate,
      BAO_TLS_SERVER_NAME: 'localhost',
      BAO_HTTP_PROXY: proxy.url.replace('//', '//me:proxy-password@'),
    }

    const trusted = await runLockstep(['status'], {
      env: { ...env, NODE_EXTRA_CA_CERTS: `${scratch.path}/proxy.pem` },
    })
    const untrusted = await runLockstep(['status'], { env })

    expect(trusted.stderr).toContain('https://node.test:8200 is sealed')
    expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT node.test:8200']))
    expect(server.seen.length).toBeGreaterThan(0)
    expect(untrusted).toMatchObject({ exitCode: 1, stdout: '' })
    expect(untrusted.stderr).toMatch(
      /the proxy https:\/\/127\.0\.0\.1:\d+ \(BAO_HTTP_PROXY\) has a certificate that is not trusted \(\w+\)/,
    )
    expect(untrusted.stderr).toContain('NODE_EXTRA_CA_CERTS')
  })
})
