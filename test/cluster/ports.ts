/**
 * Free ports on the loopback interface. Below the range from which systems take the ports of
 * outgoing connections, so that a stopped node finds its port free again. Another process can
 * still be faster: whoever starts a server retries with other ports.
 */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

const lowest = 20_000
const highest = 32_000
/** Handed out by this process, perhaps not yet listened on. */
const given = new Set<number>()

export async function findFreePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = randomInt(lowest, highest)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    ports.push(port)
  }
  return ports
}

/** Lets this process use them again. */
export function giveBackPorts(ports: readonly number[]): void {
  for (const port of ports) given.delete(port)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => {
      resolve(false)
    })
    probe.listen({ port, host: '127.0.0.1' }, () => {
      probe.close(() => {
        resolve(true)
      })
    })
  })
}
