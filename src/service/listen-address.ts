/** Where the service listens: `HOST:PORT`. The host must be named, so that no one opens it to a network by accident. */
import { isIP } from 'node:net'

export interface ListenAddress {
  /** An IP address without brackets, or a name. */
  readonly host: string
  readonly port: number
}

/** The hint for errors: what a user should write. */
export const LISTEN_HINT =
  'Write an address and a port, such as 127.0.0.1:9470 or [::1]:9470; 0.0.0.0:9470 is every interface.'

/** Undefined if the text is no address with a port. Port 0 is any free port. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, bracketed, name = '', digits = ''] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9][A-Za-z0-9.-]*)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port > 65_535) return undefined
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : undefined
  // What looks like an IPv4 address and is none would be looked up as a name.
  return /^[\d.]+$/.test(name) && isIP(name) !== 4 ? undefined : { host: name, port }
}

export function isLoopback({ host }: ListenAddress): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

export function formatListenAddress({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
