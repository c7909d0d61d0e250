/** A listener in place of a server. It counts connections. */
import { createServer } from 'node:http'

export interface Listener extends AsyncDisposable {
  readonly address: string
  /** The number of connections, with or without a request. */
  readonly connections: () => number
  /** The number of requests with a token. */
  readonly tokens: () => number
}

/** `answers`: by path, such as `/v1/sys/health`. Any other path is answered with 404. */
export async function startListener(
  answers: Readonly<Record<string, unknown>> = {},
): Promise<Listener> {
  let connections = 0
  let tokens = 0
  const server = createServer((request, response) => {
    if (request.headers['x-vault-token'] !== undefined) tokens += 1
    const body = answers[(request.url ?? '').replace(/\?.*$/, '')]
    response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(body ?? { errors: [] }))
  })
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the listener has no port')
  return {
    address: `http://127.0.0.1:${String(bound.port)}`,
    connections: () => connections,
    tokens: () => tokens,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
