/** Warns once before the token is sent over a network without TLS. */
import type { Transport } from '../../domain/exchange.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { isReadableByOthers } from '../../domain/plain-http.ts'
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
