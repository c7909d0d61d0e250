/**
 * Something that a database plugin takes for a Redis: it says yes to whatever it is asked, so that
 * a connection can be verified where there is no database. Keeps nothing.
 */
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface FakeDatabase {
  readonly port: number
  readonly stop: () => Promise<void>
}

export async function startFakeDatabase(): Promise<FakeDatabase> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let unread = ''
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1')
      for (let command = takeCommand(unread); command !== undefined;) {
        unread = unread.slice(command.length)
        socket.write(/ping/i.test(command) ? '+PONG\r\n' : '+OK\r\n')
        command = takeCommand(unread)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The first whole command of a text: `*<count>` and for each argument `$<length>` and its bytes. */
function takeCommand(text: string): string | undefined {
  const head = /^\*(\d+)\r\n/.exec(text)
  if (head === null) return undefined
  let at = head[0].length
  for (let left = Number(head[1]); left > 0; left -= 1) {
    const length = /^\$(\d+)\r\n/.exec(text.slice(at))
    if (length === null) return undefined
    at += length[0].length + Number(length[1]) + 2
  }
  return at <= text.length ? text.slice(0, at) : undefined
}
