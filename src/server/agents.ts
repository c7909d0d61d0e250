/**
 * The agents that keep connections open: one for each way to reach a server (http or https,
 * directly or through a proxy). TLS and proxies are loaded for the first address that needs them.
 */
import * as http from 'node:http'
import type * as Https from 'node:https'
import { remember } from '../domain/remember.ts'
import type { ChooseProxy, Proxy } from './proxies.ts'
import { connectionLimit } from './read-answer.ts'
import { REQUESTS_PER_NODE } from './request-limits.ts'

export interface TlsSettings {
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: readonly string[]
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
  /** False: the server's certificate is not verified. */
  readonly verify: boolean
}

export interface AgentSettings {
  readonly tls: TlsSettings
  /** `User-Agent` of every request. */
  readonly userAgent?: string
  /** Milliseconds after which a request without a complete answer is lost. 0: no limit. */
  readonly timeout: number
  /** Absent: every address is reached directly. */
  readonly proxyFor?: ChooseProxy
}

/** How a request to an address is made. */
interface Way {
  readonly request: typeof http.request
  readonly agent: http.Agent
}

export interface Agents {
  /** `address`: `http://…` or `https://…`. Rejects with a LockstepError if its proxy cannot be used. */
  readonly wayTo: (address: string) => Promise<Way>
  /** Ends all connections, also those that are being opened. */
  readonly close: () => Promise<void>
}

export function createAgents(settings: AgentSettings): Agents {
  const options = { keepAlive: true, maxSockets: REQUESTS_PER_NODE }
  const secureOptions = { ...options, ...agentOptions(settings.tls) }
  const plain: Way = { request: http.request, agent: new http.Agent(options) }
  const loaded = new Map<string, Promise<Way>>()
  const tunnelSettings = (proxy: Proxy) => ({
    proxy,
    userAgent: settings.userAgent,
    timeout: connectionLimit(settings.timeout),
  })

  // Loaded only for an https address: loading TLS takes longer than reading a small cluster.
  const loadSecure = async (proxy: Proxy | undefined): Promise<Way> => {
    const https: typeof Https = await import('node:https')
    if (proxy === undefined)
      return { request: https.request, agent: new https.Agent(secureOptions) }
    const { secureTunnels } = await import('./proxy-tunnel.ts')
    return { request: https.request, agent: secureTunnels(secureOptions, tunnelSettings(proxy)) }
  }
  const loadPlain = async (proxy: Proxy): Promise<Way> => {
    const { plainTunnels } = await import('./proxy-tunnel.ts')
    return { request: http.request, agent: plainTunnels(options, tunnelSettings(proxy)) }
  }

  return {
    wayTo: async (address) => {
      const proxy = settings.proxyFor?.(address)
      if (address.startsWith('https:')) {
        return await remember(loaded, `https ${proxy?.origin ?? ''}`, () => loadSecure(proxy))
      }
      if (proxy === undefined) return plain
      return await remember(loaded, `http ${proxy.origin}`, () => loadPlain(proxy))
    },
    close: async () => {
      plain.agent.destroy()
      for (const way of await Promise.all(loaded.values())) way.agent.destroy()
    },
  }
}

function agentOptions({ ca, cert, key, servername, verify }: TlsSettings): Https.AgentOptions {
  return {
    ...(ca !== undefined && { ca: [...ca] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    rejectUnauthorized: verify,
  }
}
