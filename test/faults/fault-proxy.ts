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
  /** How many of them are writes, this one included. */
  readonly writes: number
}

/** What becomes of a request; `held` ones are never answered. */
export type Fate =
  | { readonly kind: 'pass' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'answer'; readonly status: number }
  /** Carried out, and another answer is passed on than the node gave. */
  | { readonly kind: 'rewrite'; readonly rewrite: (reply: Reply) => Reply }
  | { readonly kind: 'cut-before' }
  /**
   * So many milliseconds after the node has it, the node sees its client go away. An answer that
   * was faster is not passed on.
   */
  | { readonly kind: 'cut-during'; readonly milliseconds: number; readonly cut?: () => void }
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
  #writes = 0

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
    this.#writes = 0
  }

  /** No node takes a connection any more; what is under way is answered, and closes its own. */
  refuse(): void {
    for (const server of this.#servers) server.close()
  }

  /** Every node takes connections again, where it did. */
  async accept(): Promise<void> {
    await Promise.all(
      this.#servers.map(async (server, node) => {
        if (server.listening) return
        const { port } = new URL(this.addresses[node] ?? '')
        await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve))
      }),
    )
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
    const number = (this.#count += 1)
    const { method = '', url = '' } = incoming
    const changes = isWrite(method, url)
    const writes = changes ? (this.#writes += 1) : this.#writes
    const requestBody = await readAll(incoming)
    const seen = { number, node, method, path: url, isWrite: changes, writes }
    const fate = await this.#interceptor(seen)
    switch (fate.kind) {
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
      case 'rewrite':
      case 'cut-during':
      case 'cut-after':
      case 'swallow':
        break
    }
    const reply = await forward(address, incoming, requestBody, endOf(fate, outgoing)).catch(
      () => undefined,
    )
    // A kept connection would be a way around the refusal.
    outgoing.shouldKeepAlive = this.#servers[node]?.listening === true
    if (fate.kind === 'swallow') fate.carriedOut()
    else if (reply === undefined || fate.kind.startsWith('cut-')) incoming.socket.destroy()
    else {
      const { status, body, headers } = fate.kind === 'rewrite' ? fate.rewrite(reply) : reply
      answer(outgoing, status, body, headers)
    }
  }
}

/** When the node is to see its client go away: a late request is one that the client gave up. */
function endOf(fate: Fate, outgoing: ServerResponse): AbortSignal {
  const end = new AbortController()
  if (fate.kind === 'pass') outgoing.once('close', () => end.abort())
  if (fate.kind === 'cut-during') {
    setTimeout(() => {
      fate.cut?.()
      end.abort()
    }, fate.milliseconds)
  }
  return end.signal
}

function isWrite(method: string, path: string): boolean {
  if (method === 'GET') return false
  return !/capabilities-self|renew-self/.test(path)
}

/** What a node answered. */
export interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

function forward(
  address: string,
  incoming: IncomingMessage,
  body: Buffer,
  signal: AbortSignal,
): Promise<Reply> {
  const { method, url, headers } = incoming
  const options = { method, headers, agent: false, signal } as const
  return new Promise((resolve, reject) => {
    const sent = request(new URL(url ?? '/', address), options, (got) => {
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
