import { expect, it } from 'vitest'
import type { ServerRequest, Transport } from '../../domain/exchange.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { isReadableByOthers } from '../../domain/plain-http.ts'
import { proxiesOf } from '../../server/proxies.ts'
import { warnOfPlainHttp } from './warn-plain-http.ts'

it.each([
  ['http://bao.example.com:8200', true],
  ['http://10.0.0.1:8200', true],
  ['http://127.0.0.1.example.com:8200', true],
  ['http://localhost.example.com', true],
  ['https://bao.example.com:8200', false],
  ['http://127.0.0.1:8200', false],
  ['http://127.8.9.1:8200', false],
  ['http://localhost:8200', false],
  ['http://bao.localhost', false],
  ['http://[::1]:8200', false],
])('%s: %s', (address, readable) => {
  expect(isReadableByOthers(address as NodeAddress)).toBe(readable)
})

it.each([
  ['http://127.0.0.1:8200', { BAO_HTTP_PROXY: 'http://proxy.test:3128' }, true],
  ['https://127.0.0.1:8200', { BAO_HTTP_PROXY: 'http://proxy.test:3128' }, false],
  ['http://127.0.0.1:8200', { HTTP_PROXY: 'http://proxy.test:3128' }, false],
])('%s with %j: %s', async (address, env, isWarnedOf) => {
  const warned: NodeAddress[] = []
  const transport = warnOfPlainHttp(
    { send: () => Promise.resolve({ status: 200, body: null }), close: () => Promise.resolve() },
    (node) => warned.push(node),
    proxiesOf(env),
  )
  await transport.send(address as NodeAddress, {} as ServerRequest)

  expect(warned).toEqual(isWarnedOf ? [address] : [])
})

it('warns once, before the first request is sent', async () => {
  const calls: string[] = []
  const transport: Transport = {
    send: (node) => {
      calls.push(`sent to ${node}`)
      return Promise.resolve({ status: 200, body: null })
    },
    close: () => Promise.resolve(),
  }
  const warningTransport = warnOfPlainHttp(transport, (node) => calls.push(`warned of ${node}`))
  for (const node of ['http://localhost:1', 'http://a:1', 'http://b:1', 'http://a:1']) {
    await warningTransport.send(node as NodeAddress, {} as ServerRequest)
  }

  expect(calls).toEqual([
    'sent to http://localhost:1',
    'warned of http://a:1',
    'sent to http://a:1',
    'sent to http://b:1',
    'sent to http://a:1',
  ])
})
