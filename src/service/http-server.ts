/**
 * The HTTP server of the service. It reads no body, bounds what a client may send and how long it
 * may take, and never waits for a client when it closes.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorName, LockstepError } from '../domain/errors.ts'
import type { Answer } from './answers.ts'
import { formatListenAddress, type ListenAddress } from './listen-address.ts'

export interface HttpServer {
  /** With the port that it got, if port 0 was asked for. */
  readonly address: ListenAddress
  /** Closes every connection at once. */
  readonly close: () => Promise<void>
}

/** Bytes of a request's line and headers together. Node answers 431 to more. */
const LARGEST_HEADERS = 8 * 1024
/** Milliseconds for a whole request. Node answers 408 after that. */
const REQUEST_TIMEOUT = 10_000
/** Milliseconds in which nothing is sent or received: a client that does not read its answer is left. */
const IDLE_TIMEOUT = 30_000
/** Milliseconds between two requests on a connection. */
const KEEP_ALIVE_TIMEOUT = 5_000
/** A scraper, a probe and some people at a time. */
const MOST_CONNECTIONS = 64

/** Throws a LockstepError if the address cannot be listened on. */
export async function startHttpServer(
  address: ListenAddress,
  answerTo: (method: string, target: string) => Answer,
): Promise<HttpServer> {
  const server = createServer(
    {
      maxHeaderSize: LARGEST_HEADERS,
      headersTimeout: REQUEST_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      connectionsCheckingInterval: 2_000,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    },
    (request, response) => {
      respond(request, response, answerTo)
    },
  )
  server.maxConnections = MOST_CONNECTIONS
  server.setTimeout(IDLE_TIMEOUT)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(cannotListen(address, error))
    })
    server.listen(address, resolve)
  })
  // An error of a later connection, such as too many open files, must not end the service.
  server.on('error', () => undefined)
  const { port } = server.address() as AddressInfo
  return {
    address: { ...address, port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answerTo: (method: string, target: string) => Answer,
): void {
  const { status, headers, body } = answerTo(request.method ?? '', request.url ?? '')
  const hasBody =
    request.headers['transfer-encoding'] !== undefined ||
    (request.headers['content-length'] ?? '0') !== '0'
  // A body is not read, so the connection cannot be used again.
  if (hasBody) response.shouldKeepAlive = false
  const bytes = Buffer.from(body, 'utf8')
  response.writeHead(status, { ...headers, 'Content-Length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
  if (hasBody) response.once('finish', () => request.socket.destroy())
}

function cannotListen(address: ListenAddress, cause: unknown): LockstepError {
  const name = errorName(cause)
  const why = WHY[name] ?? name
  return new LockstepError({
    code: 'cannot-listen',
    message: `--listen ${formatListenAddress(address)}: ${why}`,
    hint: 'Give --listen another address or port, or stop the program that uses this one.',
    cause,
  })
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this user may not use that port',
  ENOTFOUND: 'no address is known for that name',
  EAI_AGAIN: 'the name cannot be looked up now',
}
