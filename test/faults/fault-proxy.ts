/**
 * Stands between the program and each node of a cluster, and does to its requests what a network
 * does: one interceptor sees every request in the order they arrive and decides what becomes of it.
 */
import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface SeenRequest {
  /** From 1, over all nodes, since the interceptor was set. */
  readonly number: number
  /** The node's place in the cluster. */
  readonly node: number
  readonly method: string
  readonly path: string
  /** True of one that changes the cluster. */
  readonly isWrite: boolean
}

/** What becomes of a request; `held` ones are never answered. */
export type Fate =
  | { readonly kind: 'pass' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'answer'; readonly status: number }
  | { readonly kind: 'cut-before' }
  | { readonly kind: 'cut-after' }
  | { readonly kind: 'hold' }
  /** Carried out; `carriedOut` runs when the server has answered, and the answer is not passed on. */
  | { readonly kind: 'swallow'; readonly carriedOut: () => void }

export type Interceptor = (seen: SeenRequest) => Fate | Promise<Fate>

const pass: Interceptor = () => ({ kind: 'pass' })

export class FaultProxy implements AsyncDisposable {
  readonly addresses: readonly string[]
  readonly #servers: readonly Server[]
  readonly #sockets: Set<Socket>
  #interceptor: Interceptor = pass
  #count = 0

  private constructor(servers: readonly Server[], sockets: Set<Socket>) {
    this.#servers = servers
    this.#sockets = sockets
    this.addresses = servers.map((server) => {
      return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    })
  }

  static async start(nodes: readonly string[]): Promise<FaultProxy> {
    const sockets = new Set<Socket>()
    const running: { proxy?: FaultProxy } = {}
    const servers = await Promise.all(
      nodes.map(async (address, node) => {
        const server = createServer((incoming, outgoing) => {
          void running.proxy?.handle(address, node, incoming, outgoing)
        })
        server.on('connection', (socket) => {
          sockets.add(socket)
          socket.on('close', () => sockets.delete(socket))
          socket.on('error', () => undefined)
        })
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        return server
      }),
    )
    running.proxy = new FaultProxy(servers, sockets)
    return running.proxy
  }

  /** Counts from 1 again. */
  intercept(interceptor: Interceptor): void {
    this.#interceptor = interceptor
    this.#count = 0
  }

  /** Lets everything pass; how many requests were seen since `intercept`. */
  relax(): number {
    this.#interceptor = pass
    return this.#count
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(
      this.#servers.map((server) => new Promise((resolve) => server.close(resolve))),
    )
  }

  private async handle(
    address: string,
    node: number,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> {
    this.#count += 1
    const { method = '', url = '' } = incoming
    const body = await readAll(incoming)
    const fate = await this.#interceptor({
      ...{ number: this.#count, node, method, path: url, isWrite: isWrite(method, url) },
    })
    switch (fate.kind) {
      case 'refuse':
      case 'cut-before':
        incoming.socket.destroy()
        return
      case 'hold':
        return
      case 'answer':
        answer(outgoing, fate.status, Buffer.from('{"errors":["internal error"]}'))
        return
      case 'delay':
        await new Promise((resolve) => setTimeout(resolve, fate.milliseconds))
        break
      case 'pass':
      case 'cut-after':
      case 'swallow':
        break
    }
    const reply = await forward(address, incoming, body).catch(() => undefined)
    if (fate.kind === 'swallow') fate.carriedOut()
    else if (reply === undefined || fate.kind === 'cut-after') incoming.socket.destroy()
    else answer(outgoing, reply.status, reply.body, reply.headers)
  }
}

function isWrite(method: string, path: string): boolean {
  if (method === 'GET') return false
  return !/capabilities-self|renew-self/.test(path)
}

interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

function forward(address: string, incoming: IncomingMessage, body: Buffer): Promise<Reply> {
  const { method, url, headers } = incoming
  return new Promise((resolve, reject) => {
    const sent = request(new URL(url ?? '/', address), { method, headers, agent: false }, (got) => {
      readAll(got).then((text) => {
        resolve({ status: got.statusCode ?? 0, headers: got.headers, body: text })
      }, reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function answer(
  outgoing: ServerResponse,
  status: number,
  body: Buffer,
  headers: IncomingMessage['headers'] = { 'content-type': 'application/json' },
): void {
  const { 'transfer-encoding': _, connection: __, ...rest } = headers
  outgoing.writeHead(status, { ...rest, 'content-length': String(body.length) })
  outgoing.end(body)
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
