/** A transport that warns, once, before a token goes over a network where anybody can read it. */
import type { Transport } from '../../domain/exchange.ts'
import type { NodeAddress } from '../../domain/names.ts'

/** `warn` is called at most once, with the first such address, before the request is sent. */
export function warnOfPlainHttp(
  transport: Transport,
  warn: (address: NodeAddress) => void,
): Transport {
  let warned = false
  return {
    close: () => transport.close(),
    send: (node, request, signal) => {
      if (!warned && isReadableByOthers(node)) {
        warned = true
        warn(node)
      }
      return transport.send(node, request, signal)
    },
  }
}

/** True of plain HTTP to anything but this machine. */
export function isReadableByOthers(address: NodeAddress): boolean {
  const { protocol, hostname } = new URL(address)
  return protocol === 'http:' && !isLoopback(hostname)
}

function isLoopback(hostname: string): boolean {
  // A URL normalises every spelling of an IPv4 address to four numbers.
  return (
    /^127(\.\d+){3}$/.test(hostname) ||
    hostname === '[::1]' ||
    hostname === 'localhost' ||
    hostname.endsWith('.localhost')
  )
}
