/**
 * One request to one server, and what it answered: no redirect followed, nothing tried again, so
 * that a test sees what the server does. Its own code, not the product's client, which it tests.
 */
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface RequestOptions {
  readonly body?: unknown
  readonly token?: string
  readonly namespace?: string
  /** Has the answer wrapped, for as long as this says (`1h`). */
  readonly wrapTtl?: string
  /** Asks a standby to answer itself. */
  readonly noForwarding?: boolean
  /** Milliseconds until the request fails; 30 s if not said. */
  readonly timeout?: number
  /** PEM text of the authority to trust. */
  readonly ca?: string
}

export interface Answer<Body = unknown> {
  readonly status: number
  /** The JSON that was answered; `undefined` for an empty answer; text that is not JSON as it is. */
  readonly body: Body
}

/**
 * @param path without `/v1/`, with its query: `sys/mounts`
 * @param method any, `LIST` included
 */
export function sendRequest<Body = unknown>(
  address: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer<Body>> {
  const url = new URL(`/v1/${path}`, address)
  const content = options.body === undefined ? undefined : JSON.stringify(options.body)
  const headers: Record<string, string> = { 'X-Vault-Request': 'true' }
  if (content !== undefined) {
    headers['Content-Type'] = 'application/json'
    headers['Content-Length'] = String(Buffer.byteLength(content))
  }
  if (options.token !== undefined) headers['X-Vault-Token'] = options.token
  if (options.namespace !== undefined) headers['X-Vault-Namespace'] = options.namespace
  if (options.wrapTtl !== undefined) headers['X-Vault-Wrap-TTL'] = options.wrapTtl
  if (options.noForwarding === true) headers['X-Vault-No-Request-Forwarding'] = 'true'

  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  const signal = AbortSignal.timeout(options.timeout ?? 30_000)
  // No agent: a connection kept from before a server's restart would fail the next request.
  const settings = { method, headers, signal, agent: false, ca: options.ca }
  return new Promise((resolve, reject) => {
    const sent = send(url, settings, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const body = parseBody(Buffer.concat(chunks).toString('utf8')) as Body
        resolve({ status: response.statusCode ?? 0, body })
      })
    })
    sent.on('error', (error) => {
      reject(new Error(`${method} ${url.href}: ${error.message}`, { cause: error }))
    })
    sent.end(content)
  })
}

function parseBody(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
