/**
 * Requests over kept connections, to nodes by their own addresses. Adds the token and the
 * namespace; follows no redirect, retries nothing and logs nothing.
 */
import * as http from 'node:http'
import type * as Https from 'node:https'
import type { ServerRequest, ServerResponse, Transport } from '../domain/exchange.ts'
import type { Namespace, NodeAddress } from '../domain/names.ts'

export interface TlsSettings {
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: readonly string[]
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
  /** False: the server's certificate is not verified. */
  readonly verify: boolean
}

export interface TransportSettings {
  /** Read anew for each request, since a token may be renewed or replaced. */
  readonly token: () => string
  /** Put before the namespace of every request. */
  readonly namespace: Namespace
  readonly tls: TlsSettings
  /** Milliseconds without an answer after which a request counts as lost. */
  readonly timeout: number
}

/** Requests under way to one node at once: enough to fill a connection, few enough not to be a load. */
const SOCKETS_PER_NODE = 4

/** Milliseconds for a node that is up to take a connection, TLS included. */
const CONNECTED_WITHIN = 10_000

/** A transport over HTTP(S) with kept connections. Rejects with Node's own network errors. */
export function createHttpTransport(settings: TransportSettings): Transport {
  const options = { keepAlive: true, maxSockets: SOCKETS_PER_NODE }
  const plain = new http.Agent(options)
  // Those that wait for a connection too: an agent knows only of those that have one.
  const underWay = new Set<http.ClientRequest>()
  let closed = false
  let secure: Promise<{ readonly https: typeof Https; readonly agent: Https.Agent }> | undefined
  // Loaded for addresses that need it: TLS takes longer to load than a small cluster to read.
  const withTls = () =>
    (secure ??= import('node:https').then((https) => ({
      https,
      agent: new https.Agent({ ...options, ...agentOptions(settings.tls) }),
    })))
  return {
    send: async (node, request, signal) => {
      // A read that was under way at the end is not to begin anew, and hold the program up.
      if (closed) throw new TypeError('the connections are closed')
      const tls = node.startsWith('https:') ? await withTls() : undefined
      const token = settings.token()
      const body = request.body === undefined ? undefined : JSON.stringify(request.body)
      const outgoing = (tls?.https ?? http).request(urlOf(node, request), {
        agent: tls?.agent ?? plain,
        method: request.method,
        headers: headersOf(request, { token, namespace: settings.namespace }, body),
        ...(signal !== undefined && { signal }),
      })
      underWay.add(outgoing)
      outgoing.once('close', () => underWay.delete(outgoing))
      const response = await answerTo(outgoing, body, settings.timeout)
      return token === '' ? { ...response, withoutToken: true } : response
    },
    close: async () => {
      closed = true
      for (const outgoing of underWay) outgoing.destroy()
      plain.destroy()
      const tls = await secure
      tls?.agent.destroy()
    },
  }
}

function agentOptions({ ca, cert, key, servername, verify }: TlsSettings): Https.AgentOptions {
  return {
    ...(ca !== undefined && { ca: [...ca] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    rejectUnauthorized: verify,
  }
}

function urlOf(node: NodeAddress, request: ServerRequest): URL {
  return new URL(`/v1/${request.path}`, node)
}

function headersOf(
  request: ServerRequest,
  sender: { readonly token: string; readonly namespace: Namespace },
  body: string | undefined,
): http.OutgoingHttpHeaders {
  const { token } = sender
  const namespace = `${sender.namespace}${request.namespace}`
  return {
    'X-Vault-Request': 'true',
    ...(token !== '' && { 'X-Vault-Token': token }),
    ...(namespace !== '' && { 'X-Vault-Namespace': namespace }),
    ...(!request.forwarding && { 'X-Vault-No-Request-Forwarding': 'true' }),
    ...(body !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    }),
  }
}

function answerTo(
  outgoing: http.ClientRequest,
  body: string | undefined,
  timeout: number,
): Promise<ServerResponse> {
  return new Promise((resolve, reject) => {
    outgoing.setTimeout(timeout, () => outgoing.destroy(timedOut('answer', timeout)))
    limitConnecting(outgoing, timeout)
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('aborted', () => {
        reject(Object.assign(new Error('the answer was cut off'), { code: 'ECONNRESET' }))
      })
      incoming.on('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          body: parseBody(Buffer.concat(chunks).toString('utf8')),
        })
      })
    })
    outgoing.end(body)
  })
}

/** `timeout` counts from the connection on; until there is one, this does. */
function limitConnecting(outgoing: http.ClientRequest, timeout: number): void {
  const limit = timeout === 0 ? CONNECTED_WITHIN : Math.min(CONNECTED_WITHIN, timeout)
  outgoing.once('socket', (socket) => {
    if (!socket.connecting) return
    const timer = setTimeout(() => outgoing.destroy(timedOut('connection', limit)), limit)
    const stop = (): void => clearTimeout(timer)
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', stop)
    socket.once('close', stop)
  })
}

function timedOut(what: string, limit: number): Error {
  return Object.assign(new Error(`no ${what} within ${limit / 1000} s`), { code: 'ETIMEDOUT' })
}

function parseBody(text: string): unknown {
  if (text.trim() === '') return null
  try {
    return JSON.parse(text)
  } catch {
    // A proxy's page, or a server told in plain text that it speaks TLS.
    // Whole: it is cut where it is told, after secrets were taken out of it.
    return { errors: [text.trim()] }
  }
}
