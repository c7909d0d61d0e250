/**
 * Sends requests to nodes by their own addresses, over connections that are kept open. Adds the
 * token and the namespace. Follows no redirect, retries nothing and logs nothing.
 */
import type * as http from 'node:http'
import { LockstepError } from '../domain/errors.ts'
import type { ServerRequest, Transport } from '../domain/exchange.ts'
import type { Namespace, NodeAddress } from '../domain/names.ts'
import { type AgentSettings, createAgents } from './agents.ts'
import { certificateOf, type ServerCertificate } from './peer-certificate.ts'
import { LARGEST_ANSWER, readAnswer } from './read-answer.ts'

export interface TransportSettings extends AgentSettings {
  /** Called for each request: a token may be renewed or replaced. */
  readonly token: () => string
  /** Put before the namespace of every request. */
  readonly namespace: Namespace
  /** The id of the run that sends, for the audit logs of the servers; undefined outside a run. */
  readonly run?: () => string | undefined
  /** The largest answer, in bytes. */
  readonly largestAnswer?: number
  /** Called with the certificate of a node for each answer over TLS. */
  readonly onCertificate?: (node: NodeAddress, certificate: ServerCertificate) => void
}

/** A transport over HTTP or HTTPS. `send` rejects with Node's own network errors. */
export function createHttpTransport(settings: TransportSettings): Transport {
  const agents = createAgents(settings)
  // Includes requests that wait for a connection: an agent only knows those that have one.
  const running = new Set<http.ClientRequest>()
  let closed = false
  return {
    send: async (node, request, signal) => {
      const way = await agents.wayTo(node)
      // A read that is retried after `close` must not keep the program running.
      if (closed) throw new TypeError('the connections are closed')
      const token = request.anonymous === true ? '' : (request.token ?? settings.token())
      const body = request.body === undefined ? undefined : JSON.stringify(request.body)
      const outgoing = way.request(urlOf(node, request), {
        agent: way.agent,
        method: request.method,
        headers: {
          ...headersOf(request, { token, namespace: settings.namespace }, body),
          ...senderOf(settings),
        },
        ...(signal !== undefined && { signal }),
      })
      running.add(outgoing)
      outgoing.once('close', () => running.delete(outgoing))
      const { onCertificate } = settings
      if (onCertificate !== undefined) {
        outgoing.once('response', ({ socket }) => {
          const certificate = certificateOf(socket)
          if (certificate !== undefined) onCertificate(node, certificate)
        })
      }
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
      await agents.close()
    },
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
