/**
 * Serves a twin as a cluster of HTTP servers on the loopback interface, one port for each node, for
 * programs that only speak HTTP. Has one token and no TLS, and accepts only JSON.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LockstepError } from '../../domain/errors.ts'
import type { ServerRequest } from '../../domain/exchange.ts'
import type { Namespace, NodeAddress } from '../../domain/names.ts'
import type { Twin } from '../cluster/twin.ts'

export interface TwinServerOptions {
  /** The token of every request that needs one. */
  readonly token: string
}

export interface TwinServer {
  /** The address of each node's server, in the order of `twin.nodes()`. */
  readonly addresses: readonly NodeAddress[]
  close(): Promise<void>
}

/**
 * Starts the servers. In answers that advertise addresses, the twin's addresses are replaced by the
 * servers' addresses.
 */
export async function startTwinServer(
  twin: Twin,
  { token }: TwinServerOptions,
): Promise<TwinServer> {
  const nodes = twin.nodes().map((node) => ({ node, server: createServer() }))
  await Promise.all(nodes.map(({ server }) => listen(server)))
  const bound = new Map(nodes.map(({ node, server }) => [node, addressOf(server)]))
  for (const { node, server } of nodes) {
    server.on('request', (incoming, outgoing) => {
      void answer({ twin, bound, token, node }, incoming, outgoing)
    })
  }
  return {
    addresses: [...bound.values()],
    close: async () => {
      await Promise.all(nodes.map(({ server }) => close(server)))
    },
  }
}

/** What the server of one node needs. */
interface ServedNode {
  readonly twin: Twin
  readonly node: NodeAddress
  /** By the twin's own address of the node. */
  readonly bound: ReadonlyMap<NodeAddress, NodeAddress>
  readonly token: string
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}

function addressOf(server: Server): NodeAddress {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` as NodeAddress
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** The requests that servers answer without a token. */
const WITHOUT_TOKEN = /^sys\/(health|leader|seal-status)$/

async function answer(
  { twin, node, bound, token }: ServedNode,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const request = await readRequest(incoming)
    if (request === undefined) {
      send(outgoing, 400, { errors: ['failed to parse JSON input'] })
      return
    }
    const path = request.path.split('?')[0] ?? ''
    if (!WITHOUT_TOKEN.test(path) && incoming.headers['x-vault-token'] !== token) {
      send(outgoing, 403, { errors: ['permission denied'] })
      return
    }
    const response = twin.send(node, request)
    const active = twin.active()
    const leader = active === undefined ? undefined : bound.get(active)
    if (response.status === 307 && leader !== undefined) {
      outgoing.setHeader('Location', `${leader}/v1/${request.path}`)
    }
    if (response.retryAfter !== undefined) outgoing.setHeader('Retry-After', response.retryAfter)
    send(
      outgoing,
      response.status,
      ADVERTISING.has(path) ? advertise(response.body, bound) : response.body,
    )
  } catch (error) {
    // A stopped node gives no answer.
    if (error instanceof LockstepError) outgoing.destroy()
    else send(outgoing, 500, { errors: [String(error)] })
  }
}

/** The paths whose answers have nodes' addresses. */
const ADVERTISING = new Set(['sys/leader', 'sys/ha-status', 'sys/config/state/sanitized'])

function advertise(value: unknown, bound: ServedNode['bound']): unknown {
  if (typeof value === 'string') return bound.get(value as NodeAddress) ?? value
  if (Array.isArray(value)) return value.map((each) => advertise(each, bound))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, advertise(each, bound)]),
  )
}

function send(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.statusCode = status
  if (body === null) {
    outgoing.end()
    return
  }
  outgoing.setHeader('Content-Type', 'application/json')
  outgoing.end(JSON.stringify(body))
}

/** Reads a request. Undefined if the body is not a JSON object. */
async function readRequest(incoming: IncomingMessage): Promise<ServerRequest | undefined> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  const body = text === '' ? undefined : parseObject(text)
  if (text !== '' && body === undefined) return undefined
  const namespace = incoming.headers['x-vault-namespace']
  return {
    method: incoming.method as ServerRequest['method'],
    path: (incoming.url ?? '/').replace(/^\/v1\//, ''),
    namespace: (typeof namespace === 'string' ? namespace : '') as Namespace,
    forwarding: incoming.headers['x-vault-no-request-forwarding'] !== 'true',
    ...(body !== undefined && { body }),
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}
