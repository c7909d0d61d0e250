/** Why a proxy opened no connection to a server, and what the user can do. */
import type { Proxy } from './proxies.ts'

/** `message` is one line that names the proxy and its variable, without credentials. */
export class ProxyError extends Error {
  readonly proxy: Proxy
  /** The status of the proxy's answer; undefined if it gave none that can be used. */
  readonly status: number | undefined
  /** True if the certificate of the proxy itself is not trusted. */
  readonly isUntrusted: boolean

  /** `why`: the end of a sentence whose subject is the proxy. */
  constructor(
    proxy: Proxy,
    why: string,
    {
      status,
      isUntrusted = false,
    }: { readonly status?: number; readonly isUntrusted?: boolean } = {},
  ) {
    super(`the proxy ${proxy.origin} (${proxy.from}) ${why}`)
    this.proxy = proxy
    this.status = status
    this.isUntrusted = isUntrusted
  }
}

/** What to do about it: one or two sentences. `server`: the server behind the proxy, for messages. */
export function proxyHint({ proxy, status, isUntrusted }: ProxyError, server = 'the node'): string {
  const { from, limitedByNoProxy } = proxy
  const around = limitedByNoProxy
    ? `add the host of ${server} to NO_PROXY`
    : `unset ${from} (NO_PROXY does not limit it)`
  const directly = `To reach ${server} directly, ${around}.`
  if (isUntrusted) {
    return `Name the file of the authority that signed it in NODE_EXTRA_CA_CERTS: the authorities of the servers do not count for a proxy. ${directly}`
  }
  if (status === 407) {
    return `It needs a user name and a password: ${from}=http://USER:PASSWORD@HOST:PORT, percent-encoded. ${directly}`
  }
  if (status === 403) {
    return `Allow it to connect to the host and port of ${server}. ${directly}`
  }
  if (status === 502 || status === 503 || status === 504) {
    return `The proxy did not reach ${server}. Is the address right, and the server up? ${directly}`
  }
  return `Check ${from}. ${directly}`
}
