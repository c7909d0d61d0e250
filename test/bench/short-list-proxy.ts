/**
 * Stands before one node and leaves one mount out of its list, as a standby of OpenBao does that
 * missed a new mount. Everything else passes over kept connections.
 */
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ShortListProxy extends AsyncDisposable {
  readonly address: string
  /** The path of each request that came in. */
  readonly asked: readonly string[]
}

export async function startShortListProxy(node: string, mount: string): Promise<ShortListProxy> {
  const agent = new Agent({ keepAlive: true })
  const asked: string[] = []
  const server = createServer((incoming, outgoing) => {
    const { method, url = '', headers } = incoming
    asked.push(url)
    const sent = request(`${node}${url}`, { method, headers, agent }, (answer) => {
      const { statusCode = 502 } = answer
      if (url !== '/v1/sys/mounts' || statusCode !== 200) {
        outgoing.writeHead(statusCode, answer.headers)
        answer.pipe(outgoing)
        return
      }
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        outgoing.writeHead(200, { 'content-type': 'application/json' })
        outgoing.end(withoutMount(Buffer.concat(chunks).toString('utf8'), mount))
      })
    })
    sent.on('error', () => outgoing.destroy())
    incoming.pipe(sent)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function withoutMount(text: string, mount: string): string {
  const { data } = JSON.parse(text) as { data: Record<string, unknown> }
  const left = Object.entries(data).filter(([path]) => path !== mount)
  return JSON.stringify({ data: Object.fromEntries(left) })
}
