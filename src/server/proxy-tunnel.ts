/**
 * Reaches nodes through a proxy: opens a tunnel with CONNECT, and speaks with the node through it,
 * so that TLS goes from here to the node. For http nodes too: one way through every proxy. Loaded
 * only if a variable names a proxy. Sends the proxy neither the token nor a path.
 */
import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { LONGEST_TIMER } from '../domain/duration.ts'
import { isUntrustedCertificate, networkCode, WRONG_NAME } from './network-codes.ts'
import { hostOf, portOf, type Proxy } from './proxies.ts'
import { ProxyError } from './proxy-error.ts'

export interface TunnelSettings {
  readonly proxy: Proxy
  readonly userAgent: string | undefined
  /** Milliseconds until the tunnel must be open, TLS to the node included. */
  readonly timeout: number
}

/** The host and port that a connection is for, as an agent gets them. */
type Target = Pick<http.ClientRequestArgs, 'host' | 'port'>

/** The callback of `createConnection`. With an error there is no socket. */
type Connected = (error: Error | null, socket: Duplex) => void

/** An agent for http nodes behind a proxy. `options`: of the agent, as Node has them. */
export function plainTunnels(options: http.AgentOptions, settings: TunnelSettings): http.Agent {
  const tunnels = createTunnels(settings)
  return new (class extends http.Agent {
    override createConnection(target: http.ClientRequestArgs, connected: Connected): undefined {
      tunnels.connect(target, connected, (socket) => Promise.resolve(socket))
    }
    override destroy(): void {
      tunnels.stop()
      super.destroy()
    }
  })(options)
}

/** An agent for https nodes behind a proxy. The TLS settings of `options` are for the node only. */
export function secureTunnels(options: https.AgentOptions, settings: TunnelSettings): https.Agent {
  const tunnels = createTunnels(settings)
  return new (class extends https.Agent {
    override createConnection(target: https.RequestOptions, connected: Connected): undefined {
      tunnels.connect(target, connected, async (socket, signal) => {
        // `target` keeps its host: the certificate must be for the node, not for the proxy.
        const options: https.RequestOptions & { socket: Duplex } = { ...target, socket }
        const secured = super.createConnection(options)
        if (secured === null || secured === undefined)
          throw new ProxyError(settings.proxy, 'gave a connection that TLS cannot use')
        try {
          await once(secured, 'secureConnect', { signal })
        } catch (error) {
          secured.destroy()
          throw error
        }
        return secured
      })
    }
    override destroy(): void {
      tunnels.stop()
      super.destroy()
    }
  })(options)
}

type Prepare = (socket: Duplex, signal: AbortSignal) => Promise<Duplex>

interface Tunnels {
  /** Opens a tunnel, prepares its socket, and calls `connected` once. */
  readonly connect: (target: Target, connected: Connected, prepare: Prepare) => void
  /** Ends the tunnels that are being opened: an agent knows only connections that are open. */
  readonly stop: () => void
}

function createTunnels(settings: TunnelSettings): Tunnels {
  const stopping = new AbortController()
  const limit = Math.min(settings.timeout, LONGEST_TIMER)
  const open = async (target: Target, prepare: Prepare): Promise<Duplex> => {
    const timeUp = AbortSignal.timeout(limit)
    const signal = AbortSignal.any([timeUp, stopping.signal])
    try {
      return await prepare(await openTunnel(target, settings, signal), signal)
    } catch (error) {
      if (!timeUp.aborted) throw error
      throw new ProxyError(settings.proxy, `opened no connection within ${limit / 1000} s`)
    }
  }
  return {
    connect: (target, connected, prepare) => {
      open(target, prepare).then(
        (socket) => {
          connected(null, socket)
        },
        (error: unknown) => {
          connected(error as Error, undefined as never)
        },
      )
    },
    stop: () => {
      stopping.abort()
    },
  }
}

/** Rejects with a ProxyError. */
async function openTunnel(
  target: Target,
  settings: TunnelSettings,
  signal: AbortSignal,
): Promise<Duplex> {
  const { proxy } = settings
  const request = askForTunnel(target, settings, signal)
  request.end()
  // Node takes every answer to CONNECT for this event, also one that refuses.
  const [answer, socket, head] = await once(request, 'connect').then(
    (connect) => connect as [http.IncomingMessage, Duplex, Buffer],
    (error: unknown) => {
      throw new ProxyError(proxy, describeFailure(error), {
        isUntrusted: isUntrustedCertificate(error),
      })
    },
  )
  const { statusCode = 0 } = answer
  const why =
    statusCode < 200 || statusCode > 299
      ? `answered CONNECT with HTTP ${statusCode}`
      : // A node does not speak first. These bytes are the proxy's, and must not count as an answer.
        head.length > 0
        ? 'sent data of its own into the connection'
        : undefined
  if (why === undefined) return socket
  socket.destroy()
  throw new ProxyError(proxy, why, { status: statusCode })
}

function askForTunnel(
  { host, port }: Target,
  { proxy, userAgent }: TunnelSettings,
  signal: AbortSignal,
): http.ClientRequest {
  const { origin, credentials } = proxy
  const url = new URL(origin)
  const bare = host ?? ''
  const authority = `${bare.includes(':') ? `[${bare}]` : bare}:${String(port)}`
  // The TLS settings of the nodes do not apply to a proxy: the system's authorities verify it.
  return (url.protocol === 'https:' ? https : http).request({
    agent: false,
    host: hostOf(url),
    // Without it Node would check the certificate of the proxy against the name in `Host`.
    servername: isIP(hostOf(url)) === 0 ? hostOf(url) : '',
    port: portOf(url),
    method: 'CONNECT',
    path: authority,
    signal,
    headers: {
      Host: authority,
      Connection: 'keep-alive',
      ...(userAgent !== undefined && { 'User-Agent': userAgent }),
      ...(credentials !== undefined && {
        'Proxy-Authorization': `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
      }),
    },
  })
}

/** `error` is of the connection to the proxy. The text is the end of a sentence about the proxy. */
function describeFailure(error: unknown): string {
  const code = networkCode(error)
  if (code === WRONG_NAME) return 'has a certificate for another name'
  if (isUntrustedCertificate(error)) return `has a certificate that is not trusted (${code})`
  if (code.startsWith('HPE_')) return `gave an answer that is not HTTP (${code})`
  switch (code) {
    case 'ECONNREFUSED':
      return 'refuses connections'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'has a host name that is not known'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'cut the connection before it answered'
    case 'EPROTO':
      return 'does not speak TLS'
    default:
      return `cannot be used (${code === '' ? String(error) : code})`
  }
}
