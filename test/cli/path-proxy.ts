/** A proxy that serves a server below a path, as an ingress does. */
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PathProxy extends AsyncDisposable {
  /** The address of the proxy, with the path. */
  readonly address: string
  /** The path and query of every request, as it was received. */
  readonly asked: readonly string[]
}

/**
 * `to`: an http address. `prefix`: such as `/team/vault`; requests outside of it are answered with
 * 404.
 */
export async function startPathProxy(to: string, prefix: string): Promise<PathProxy> {
  const asked: string[] = []
  const proxy = createServer((incoming, outgoing) => {
    asked.push(incoming.url ?? '')
    passOn(to, prefix, incoming, outgoing)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}${prefix}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

function passOn(
  to: string,
  prefix: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const url = incoming.url ?? ''
  if (!url.startsWith(`${prefix}/`)) {
    outgoing.writeHead(404).end()
    return
  }
  const { method, headers } = incoming
  const sent = send(`${to}${url.slice(prefix.length)}`, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  incoming.pipe(sent)
}
