/**
 * Sends requests to nodes by their own addresses, over connections that are kept open. Adds the
 * token and the namespace. Follows no redirect, retries nothing and logs nothing.
 */
import * as http from 'node:http'
import type * as Https from 'node:https'
import { LockstepError } from '../domain/errors.ts'
import type { ServerRequest, Transport } from '../domain/exchange.ts'
import type { Namespace, NodeAddress } from '../domain/names.ts'
import { LARGEST_ANSWER, readAnswer } from './read-answer.ts'
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

export interface TransportSettings {
  /** Called for each request: a token may be renewed or replaced. */
  readonly token: () => string
  /** Put before the namespace of every request. */
  readonly namespace: Namespace
  readonly tls: TlsSettings
  /** `User-Agent` of every request. */
  readonly userAgent?: string
  /** The id of the run that sends, for the audit logs of the servers; undefined outside a run. */
  readonly run?: () => string | undefined
  /** Milliseconds after which a request without a complete answer is lost. 0: no limit. */
  readonly timeout: number
  /** The largest answer, in bytes. */
  readonly largestAnswer?: number
}

/** A transport over HTTP or HTTPS. `send` rejects with Node's own network errors. */
export function createHttpTransport(settings: TransportSettings): Transport {
  const options = { keepAlive: true, maxSockets: REQUESTS_PER_NODE }
  const plain = new http.Agent(options)
  // Includes requests that wait for a connection: an agent only knows those that have one.
  const running = new Set<http.ClientRequest>()
  let closed = false
  let secure: Promise<{ readonly https: typeof Https; readonly agent: Https.Agent }> | undefined
  // Loaded only for an https address: loading TLS takes longer than reading a small cluster.
  const withTls = () =>
    (secure ??= import('node:https').then((https) => ({
      https,
      agent: new https.Agent({ ...options, ...agentOptions(settings.tls) }),
    })))
  return {
    send: async (node, request, signal) => {
      // A read that is retried after `close` must not keep the program running.
      if (closed) throw new TypeError('the connections are closed')
      const tls = node.startsWith('https:') ? await withTls() : undefined
      const token = request.anonymous === true ? '' : settings.token()
      const body = request.body === undefined ? undefined : JSON.stringify(request.body)
      const outgoing = (tls?.https ?? http).request(urlOf(node, request), {
        agent: tls?.agent ?? plain,
        method: request.method,
        headers: {
          ...headersOf(request, { token, namespace: settings.namespace }, body),
          ...senderOf(settings),
        },
        ...(signal !== undefined && { signal }),
      })
      running.add(outgoing)
      outgoing.once('close', () => running.delete(outgoing))
      const response = await readAnswer(outgoing, body, {
        timeout: settings.timeout,
        size: settings.largestAnswer ?? LARGEST_ANSWER,
      })
      return token === '' && request.anonymous !== true
        ? { ...response, withoutToken: true }
        : response
    },
    close: async () => {
      closed = true
      for (const outgoing of running) outgoing.destroy()
      plain.destroy()
      const tls = await secure
      tls?.agent.destroy()
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

/**
 * The URL of a request. Throws a LockstepError if the parsed URL differs from the text: an address
 * that resolves `..`, drops what follows `#` or cuts at a tab would be another request, sent with
 * the token.
 */
function urlOf(node: NodeAddress, { method, path }: ServerRequest): URL {
  const built = `${node}/v1/${path}`
  if (URL.canParse(built)) {
    const url = new URL(built)
    // Compared with the parts that are sent: `href` also has what follows `#`.
    if (`${url.origin}${url.pathname}${url.search}` === built) return url
  }
  throw new LockstepError({
    code: 'unusable-path',
    message: `${node}: ${method} ${JSON.stringify(path)} is not sent: as a URL it would be another path`,
    hint: 'This is a mistake in Lockstep: please report it with this message.',
  })
}

/** Who sends, for audit logs and the logs of proxies. */
function senderOf({ userAgent, run }: TransportSettings): http.OutgoingHttpHeaders {
  const id = run?.()
  return {
    ...(userAgent !== undefined && { 'User-Agent': userAgent }),
    ...(id !== undefined && { 'X-Lockstep-Run': id }),
  }
}

function headersOf(
  request: ServerRequest,
  sender: { readonly token: string; readonly namespace: Namespace },
  body: string | undefined,
): http.OutgoingHttpHeaders {
  const { token } = sender
  const namespace = `${sender.namespace}${request.namespace}`
  // Node writes a header as bytes (latin1), and servers read it as UTF-8.
  const namespaceBytes = Buffer.from(namespace, 'utf8').toString('latin1')
  return {
    'X-Vault-Request': 'true',
    ...(token !== '' && { 'X-Vault-Token': token }),
    ...(namespace !== '' && { 'X-Vault-Namespace': namespaceBytes }),
    ...(!request.forwarding && { 'X-Vault-No-Request-Forwarding': 'true' }),
    ...(body !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    }),
  }
}
