/** The transport against a server on this machine that may answer anything. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ServerRequest } from '../domain/exchange.ts'
import {
  connectionPath,
  type MountPath,
  type Namespace,
  type NodeAddress,
  parseMountPath,
  parseNamespace,
  parseNodeAddress,
  parsePluginId,
  ROOT_NAMESPACE,
  type Version,
} from '../domain/names.ts'
import { createReader } from './reader.ts'
import * as requests from './requests.ts'
import { capabilityFor, findProblemInPolicy, policyLine } from './rights.ts'
import { createHttpTransport } from './transport.ts'
import { samples } from '../../test/size.ts'

type Answerer = (incoming: IncomingMessage, outgoing: ServerResponse, socket: Socket) => void

const own: { server?: Server; answer: Answerer; address: NodeAddress } = {
  answer: (_, outgoing) => outgoing.end('{}'),
  address: 'http://unset' as NodeAddress,
}

beforeEach(async () => {
  own.answer = (_, outgoing) => outgoing.end('{}')
  own.server = createServer((incoming, outgoing) => {
    incoming.resume()
    own.answer(incoming, outgoing, incoming.socket)
  })
  await new Promise<void>((resolve) => own.server!.listen(0, '127.0.0.1', resolve))
  const { port } = own.server.address() as AddressInfo
  own.address = parseNodeAddress(`http://127.0.0.1:${port}`)!
})
afterEach(async () => {
  own.server!.closeAllConnections()
  await new Promise((resolve) => own.server!.close(resolve))
})

function transportOf({ timeout = 0, largestAnswer = 1024 * 1024 } = {}) {
  return createHttpTransport({
    token: () => 'a-token',
    namespace: ROOT_NAMESPACE,
    tls: { verify: true },
    timeout,
    largestAnswer,
  })
}

function readerOf(settings: Parameters<typeof transportOf>[0] = {}) {
  return createReader({ transport: transportOf(settings), wait: () => Promise.resolve() })
}

const SEGMENTS = [
  ...['a', 'kv', 'a#b', 'a%2fb', 'a%2Fb', 'a b', 'ü', '日本', '😀', 'a+b', 'a?b', 'a\\b', 'a&b=c'],
  ...['..', '.', '', '%2e%2e', '%2E', '...', '..x', ' a', 'sys', 'auth', 'token', 'config', 'tune'],
  ...['a\tb', 'a\nb', 'a\u0000', '\u202ea', '\u200b', '\ud800', "a'b", '"', 'a;b', 'a@b', '*', '+'],
]
const segment = fc.oneof(
  fc.constantFrom(...SEGMENTS),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
)
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

/** What a server reads: the path, decoded once, and the query. */
function decoded(url: string): string {
  const [encoded = '', query = ''] = url.split('?')
  const shown = new URLSearchParams(query)
  return `${decodeURIComponent(encoded)}${query === '' ? '' : `?${shown.toString()}`}`
}

/** Every request with a name in its path, and the path that it must reach. */
function requestsOf(
  mount: MountPath,
  namespace: Namespace,
  name: string,
): [() => ServerRequest, string][] {
  const full = `${namespace}${mount}` as MountPath
  const below = mount.startsWith('auth/')
    ? `sys/auth/${mount.slice('auth/'.length, -1)}`
    : `sys/mounts/${mount.slice(0, -1)}`
  const plugin = parsePluginId(`secret/${name}`)
  const version = 'v1.0.0+a.b' as Version
  const action = { mount: full, namespace, version }
  const query = '?version=v1.0.0%2Ba.b'
  const connection = connectionPath(full, name)
  const entry = { command: 'kv', sha256: '' as never, args: [] }
  return [
    [() => requests.readMountHelp(full, namespace), `${mount}?help=1`],
    [() => requests.readOneMount(full, namespace), below],
    [
      () => requests.readBelowMount(full, namespace, name),
      `${mount}${name}${name.endsWith('/') ? '?list=true' : ''}`,
    ],
    [() => requests.listConnections(full, namespace), `${mount}config?list=true`],
    [() => requests.readConnection(connection, namespace), `${mount}config/${name}`],
    [() => requests.readSecret(`${mount}${name}`), lockPath(`${mount}${name}`)],
    [() => requests.readMountOf(`${mount}${name}`), `sys/internal/ui/mounts/${mount}${name}`],
    [() => requests.requestOf({ kind: 'tune', ...action }), `${below}/tune`],
    [
      () => requests.requestOf({ kind: 'repoint', connection, namespace, version }),
      `${mount}config/${name}`,
    ],
    ...(plugin === undefined
      ? []
      : ([
          [() => requests.requestOf({ kind: 'enable', ...action, plugin }), below],
          [
            () => requests.readCatalogEntry(plugin, version),
            `sys/plugins/catalog/${plugin}${query}`,
          ],
          [
            () => requests.requestOf({ kind: 'register', plugin, version, entry, env: [] }),
            `sys/plugins/catalog/${plugin}`,
          ],
          [
            () => requests.requestOf({ kind: 'deregister', plugin, version }),
            `sys/plugins/catalog/${plugin}${query}`,
          ],
        ] as [() => ServerRequest, string][])),
  ]
}

function lockPath(kv: string): string {
  const at = kv.indexOf('/')
  return `${kv.slice(0, at)}/data/${kv.slice(at + 1)}`
}

describe('a request', () => {
  test('with any name reaches the intended path, or is not made', async () => {
    const asked: { url?: string; namespace?: string } = {}
    own.answer = (incoming, outgoing) => {
      asked.url = incoming.url ?? ''
      const namespace = incoming.headers['x-vault-namespace']
      asked.namespace = Buffer.from(String(namespace ?? ''), 'latin1').toString('utf8')
      outgoing.end('{}')
    }
    const transport = transportOf()
    const counted = { sent: 0, refused: 0 }
    try {
      await fc.assert(
        fc.asyncProperty(path, path, path, async (at, inside, name) => {
          const mount = parseMountPath(at) ?? (`${at}/` as MountPath)
          const namespace = parseNamespace(inside) ?? ROOT_NAMESPACE
          for (const [make, meant] of requestsOf(mount, namespace, name)) {
            let request: ServerRequest
            try {
              request = make()
            } catch (error) {
              counted.refused += 1
              expect(error).toMatchObject({ code: 'unusable-path' })
              continue
            }
            await transport.send(own.address, request)
            counted.sent += 1
            expect(decoded(asked.url!)).toBe(`/v1/${meant}`)
            expect(asked.namespace).toBe(request.namespace)
            const segments = asked.url!.split('?')[0]!.split('/').map(decodeURIComponent)
            expect(segments.slice(1, -1)).not.toContain('')
            expect(segments.some((each) => each === '.' || each === '..')).toBe(false)
          }
        }),
        { ...samples(300) },
      )
    } finally {
      await transport.close()
    }
    expect(counted.sent).toBeGreaterThan(100)
    expect(counted.refused).toBeGreaterThan(100)
  })

  test.each(['x/../y', 'a#b', 'a b', 'a\tb', '%2e%2e/y', 'ü', '//b', 'x\\y'])(
    'whose path %j a URL would change is not sent',
    async (path) => {
      const asked: (string | undefined)[] = []
      own.answer = (incoming, outgoing) => {
        asked.push(incoming.url)
        outgoing.end('{}')
      }
      const request = {
        method: 'GET' as const,
        path: path === '//b' ? '../v1//b' : path,
        namespace: ROOT_NAMESPACE,
        forwarding: true,
      }
      const transport = transportOf()
      await expect(transport.send(own.address, request)).rejects.toMatchObject({
        code: 'unusable-path',
      })
      await transport.close()
      expect(asked).toEqual([])
    },
  )

  test('keeps the path of the address', async () => {
    const asked: (string | undefined)[] = []
    own.answer = (incoming, outgoing) => {
      asked.push(incoming.url)
      outgoing.end('{}')
    }
    const address = parseNodeAddress(`${own.address}/vault/`)!
    await readerOf().ask(address, requests.readCatalog())
    expect(asked).toEqual(['/vault/v1/sys/plugins/catalog'])
  })
})

describe('a policy', () => {
  test.each(['+/', '+/*/', 'a/+/b/', 'x{{y}}/', 'x${y/'])('has no line for %s', (mount) => {
    const request = requests.readMountHelp(mount as MountPath, ROOT_NAMESPACE)
    const line = policyLine(capabilityFor(request))
    expect(line).toMatch(/^# No line/)
    expect(line).toContain(mount)
  })

  test('names a path as the server does', () => {
    const line = (mount: string) =>
      policyLine(
        capabilityFor(
          requests.requestOf({
            kind: 'tune',
            mount: mount as MountPath,
            namespace: ROOT_NAMESPACE,
            version: 'v1.0.0' as Version,
          }),
        ),
      )
    expect(line('a#b c/')).toBe('path "sys/mounts/a#b c/tune" { capabilities = ["update"] }')
    expect(line('a*/')).toBe('path "sys/mounts/a*/tune" { capabilities = ["update"] }')
    expect(findProblemInPolicy({ path: 'sys/mounts/a*' })).toContain('star')
  })
})

describe('an answer', () => {
  const ask = async (settings: Parameters<typeof transportOf>[0] = {}) =>
    readerOf(settings).ask(own.address, requests.readCatalog())

  test('without end is refused at its size, with the request and the node', async () => {
    own.answer = (_, outgoing) => {
      const more = (): void => {
        while (!outgoing.destroyed && outgoing.write('x'.repeat(65536)));
        outgoing.once('drain', more)
      }
      more()
    }
    await expect(ask()).rejects.toMatchObject({
      code: 'unusable-answer',
      message: `${own.address}: GET sys/plugins/catalog: its answer is larger than 1 MiB`,
    })
  })

  test('that arrives byte by byte is not waited for without end', async () => {
    own.answer = (_, outgoing) => {
      const timer = setInterval(() => outgoing.write(' '), 5)
      outgoing.on('close', () => clearInterval(timer))
    }
    await expect(ask({ timeout: 200 })).rejects.toMatchObject({
      code: 'unreachable',
      message: `${own.address}: no whole answer within 0.2 s`,
    })
  })

  test('is waited for with a limit that is longer than the longest timer', async () => {
    own.answer = (_, outgoing) => void setTimeout(() => outgoing.end('{}'), 50)
    await expect(ask({ timeout: 30 * 86_400_000 })).resolves.toMatchObject({ status: 200 })
  })

  test.each(['[', '{"a":'])('that nests without end in %s is refused', async (opening) => {
    own.answer = (_, outgoing) => outgoing.end(opening.repeat(100_000))
    await expect(ask()).rejects.toMatchObject({
      code: 'unusable-answer',
      message: expect.stringContaining('levels deep') as string,
    })
  })

  test('is not refused for brackets in its texts', async () => {
    const words = '[{"\\'.repeat(500)
    own.answer = (_, outgoing) => outgoing.end(JSON.stringify({ words }))
    expect(await ask()).toMatchObject({ status: 200, body: { words } })
  })

  test('with a header without end is refused', async () => {
    own.answer = (_, _outgoing, socket) => {
      socket.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}\r\n\r\n{}`)
    }
    await expect(ask()).rejects.toMatchObject({
      code: 'unusable-answer',
      message: expect.stringContaining('is not HTTP') as string,
    })
  })

  test('that is not HTTP is refused', async () => {
    own.answer = (_, _outgoing, socket) => socket.end('220 smtp ready\r\n')
    await expect(ask()).rejects.toMatchObject({ code: 'unusable-answer' })
  })

  test('that is shorter than its length header is an error', async () => {
    own.answer = (_, _outgoing, socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}')
    }
    await expect(ask()).rejects.toMatchObject({
      message: expect.stringContaining('was cut') as string,
    })
  })

  test('that is not JSON is an answer with its text as the error', async () => {
    own.answer = (_, outgoing) => outgoing.end(`<html>${'x'.repeat(1000)}`)
    expect(await ask()).toMatchObject({ status: 200, body: { errors: [expect.any(String)] } })
  })
})

test('requests that need no token are sent without it', async () => {
  const tokens = new Map<string, string | undefined>()
  own.answer = ({ url = '', headers }, outgoing) => {
    tokens.set(url.replace(/\?.*$/, ''), headers['x-vault-token']?.toString())
    outgoing.end('{}')
  }
  const reader = readerOf()

  for (const request of [
    requests.readHealth(),
    requests.readLeader(),
    requests.readSealStatus(),
    requests.readHaStatus(),
  ]) {
    await reader.ask(own.address, request)
  }

  expect(Object.fromEntries(tokens)).toEqual({
    '/v1/sys/health': undefined,
    '/v1/sys/leader': undefined,
    '/v1/sys/seal-status': undefined,
    '/v1/sys/ha-status': 'a-token',
  })
})
