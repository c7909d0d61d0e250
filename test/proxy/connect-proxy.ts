/** A proxy that opens tunnels (CONNECT), as a company's proxy does, or misbehaves as a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface ConnectProxy extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, or `https://…`. */
  readonly url: string
  /** `127.0.0.1:PORT`, to put credentials before it. */
  readonly host: string
  /** Every request to the proxy: `CONNECT host:port`, in order. */
  readonly asked: readonly string[]
  /** The headers of every request to the proxy. */
  readonly headers: readonly IncomingMessage['headers'][]
  /** Everything that clients sent through tunnels. */
  readonly sent: () => string
}

/** `answer`: writes what the proxy answers instead of opening a tunnel. */
export interface ProxyBehaviour {
  readonly answer?: (socket: Duplex) => void
  /** The host and port that a tunnel leads to, instead of the ones that were asked for. */
  readonly leadTo?: { readonly host: string; readonly port: number }
  /** The proxy itself speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

export async function startConnectProxy(behaviour: ProxyBehaviour = {}): Promise<ConnectProxy> {
  const asked: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const sent: Buffer[] = []
  const sockets = new Set<Duplex>()
  const refuse = (request: IncomingMessage, response: ServerResponse): void => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(405).end()
  }
  const { tls } = behaviour
  const server = tls === undefined ? createServer(refuse) : createSecureServer(tls, refuse)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    asked.push(`CONNECT ${request.url}`)
    headers.push(request.headers)
    client.on('error', () => undefined)
    if (behaviour.answer !== undefined) {
      behaviour.answer(client)
      return
    }
    const target = behaviour.leadTo ?? parseTarget(request.url ?? '')
    const upstream = connect(target.port, target.host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.on('data', (bytes: Buffer) => sent.push(bytes))
      client.pipe(upstream)
      upstream.pipe(client)
    })
    sockets.add(upstream)
    upstream.on('error', () => {
      client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n')
    })
    client.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    asked,
    headers,
    sent: () => Buffer.concat(sent).toString('latin1'),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function parseTarget(authority: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(`http://${authority}`)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port === '' ? 80 : port) }
}
