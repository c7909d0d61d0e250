/** Warns once before the token is sent over a network without TLS. */
import type { Transport } from '../../domain/exchange.ts'
import type { NodeAddress } from '../../domain/names.ts'
import type { ChooseProxy } from '../../server/proxies.ts'

/**
 * `warn` is called at most once, with the first such address, before the request is sent. A proxy
 * reads what goes through it to an http address, also to one on this machine.
 */
export function warnOfPlainHttp(
  transport: Transport,
  warn: (address: NodeAddress) => void,
  proxyFor?: ChooseProxy,
): Transport {
  let warned = false
  return {
    close: () => transport.close(),
    send: (node, request, signal) => {
      const isProxied = node.startsWith('http:') && proxyFor?.(node) !== undefined
      if (!warned && (isProxied || isReadableByOthers(node))) {
        warned = true
        warn(node)
      }
      return transport.send(node, request, signal)
    },
  }
}

/** True if the address is plain HTTP to another machine. */
export function isReadableByOthers(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return protocol === 'http:' && !isLoopback(hostname)
}

function isLoopback(hostname: string): boolean {
  // `URL` normalises every spelling of an IPv4 address to four numbers.
  return (
    /^127(\.\d+){3}$/.test(hostname) ||
    hostname === '[::1]' ||
    hostname === 'localhost' ||
    hostname.endsWith('.localhost')
  )
}
