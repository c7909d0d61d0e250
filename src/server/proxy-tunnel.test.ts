/** Requests through a proxy that opens tunnels, refuses, or misbehaves. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startConnectProxy } from '../../test/proxy/connect-proxy.ts'
import { type NodeAddress, parseNodeAddress, ROOT_NAMESPACE } from '../domain/names.ts'
import { noAnswerError } from './faults.ts'
import { proxiesOf } from './proxies.ts'
import { readHealth } from './requests.ts'
import { createHttpTransport } from './transport.ts'

const own: { server?: Server; node: NodeAddress } = { node: 'http://unset' as NodeAddress }
beforeAll(async () => {
  own.server = createServer((_, response) => response.end('{"own":true}'))
  await new Promise<void>((resolve) => own.server!.listen(0, '127.0.0.1', resolve))
  own.node = parseNodeAddress(`http://127.0.0.1:${(own.server.address() as AddressInfo).port}`)!
})
afterAll(async () => {
  own.server!.closeAllConnections()
  await new Promise((resolve) => own.server!.close(resolve))
})

function transportThrough(proxy: string, timeout = 0) {
  const proxyFor = proxiesOf({ BAO_HTTP_PROXY: proxy })!
  return createHttpTransport({
    ...{
      token: () => 'a-token',
      namespace: ROOT_NAMESPACE,
      tls: { verify: true },
      timeout,
      proxyFor,
    },
    userAgent: 'lockstep/test',
  })
}

async function errorOf(proxy: string, timeout?: number): Promise<{ text: string; hint: string }> {
  const transport = transportThrough(proxy, timeout)
  const error = await transport.send(own.node, readHealth()).then(
    () => undefined,
    (cause: unknown) => noAnswerError(own.node, readHealth(), cause),
  )
  await transport.close()
  return { text: error?.message ?? 'no error', hint: error?.hint ?? '' }
}

describe('a request through a proxy', () => {
  test('keeps its connection, and gives the proxy no token and no path', async () => {
    await using proxy = await startConnectProxy()
    const transport = transportThrough(`http://me:p%40ss@${proxy.host}`)

    const first = await transport.send(own.node, readHealth())
    const second = await transport.send(own.node, readHealth())
    await transport.close()

    expect([first.body, second.body]).toEqual([{ own: true }, { own: true }])
    expect(proxy.asked).toEqual([`CONNECT ${own.node.replace('http://', '')}`])
    expect(proxy.headers[0]).toMatchObject({
      'user-agent': 'lockstep/test',
      'proxy-authorization': `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    })
    expect(proxy.headers[0]).not.toHaveProperty('x-vault-token')
  })

  test('that no tunnel was opened for ends when the transport is closed', async () => {
    let tellAsked: () => void
    const isAsked = new Promise<void>((resolve) => (tellAsked = resolve))
    await using proxy = await startConnectProxy({
      answer: () => {
        tellAsked()
      },
    })
    const transport = transportThrough(proxy.url)
    const sent = transport.send(own.node, readHealth()).then(
      () => 'answered',
      () => 'ended',
    )
    await isAsked
    await transport.close()

    expect(await sent).toBe('ended')
  })
})

const ANSWERS: readonly (readonly [string, (socket: Duplex) => void, string])[] = [
  [
    '407',
    (s) => s.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'),
    'answered CONNECT with HTTP 407',
  ],
  ['403', (s) => s.end('HTTP/1.1 403 No\r\n\r\n<h1>no</h1>'), 'answered CONNECT with HTTP 403'],
  ['502', (s) => s.end('HTTP/1.1 502 No\r\n\r\n'), 'answered CONNECT with HTTP 502'],
  [
    'a redirect with a forged answer',
    (s) =>
      s.end('HTTP/1.1 307 No\r\nLocation: http://x\r\nContent-Length: 11\r\n\r\n{"own":false}'),
    'answered CONNECT with HTTP 307',
  ],
  [
    'an answer in the name of the node',
    (s) => s.write('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'),
    'sent data of its own into the connection',
  ],
  ['garbage', (s) => s.end('\u0000garbage'), 'gave an answer that is not HTTP'],
  [
    'headers without end',
    (s) => {
      s.write(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(100_000)}`)
    },
    'gave an answer that is not HTTP (HPE_HEADER_OVERFLOW)',
  ],
  ['nothing', (s) => s.end(), 'cut the connection before it answered'],
]

describe('a proxy that answers with', () => {
  test.each(ANSWERS)(
    '%s is named with its variable and without credentials',
    async (_, answer, words) => {
      await using proxy = await startConnectProxy({ answer })

      const { text, hint } = await errorOf(`http://me:hunter22@${proxy.host}`)

      expect(text).toContain(`${own.node}: the proxy ${proxy.url} (BAO_HTTP_PROXY) ${words}`)
      expect(hint).toContain('BAO_HTTP_PROXY')
      expect(text + hint).not.toContain('hunter22')
    },
  )
})

test('a proxy that hangs is given up after the time limit', async () => {
  await using proxy = await startConnectProxy({ answer: () => undefined })

  const { text } = await errorOf(proxy.url, 50)

  expect(text).toContain(
    `the proxy ${proxy.url} (BAO_HTTP_PROXY) opened no connection within 0.05 s`,
  )
})

test('a proxy that nothing listens for is named', async () => {
  const gone = await startConnectProxy()
  await gone[Symbol.asyncDispose]()

  expect((await errorOf(gone.url)).text).toContain(
    `${gone.url} (BAO_HTTP_PROXY) refuses connections`,
  )
})
