/** One request to one node and its answer: what the HTTP client sends and what the twin answers. */
import type { Namespace, NodeAddress } from './names.ts'

/** A JSON object of a request or an answer, with unknown fields. */
export type JsonObject = Readonly<Record<string, unknown>>

export interface ServerRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** The path below `/v1/`, with its query. */
  readonly path: string
  readonly body?: JsonObject
  readonly namespace: Namespace
  /** False: the node must answer for itself (`X-Vault-No-Request-Forwarding: true`). */
  readonly forwarding: boolean
  /** Sent without the token: every node answers it to anyone. */
  readonly anonymous?: true
  /** Sent instead of the token of the connection: a wrapping token, or a token that was replaced. */
  readonly token?: string
}

export interface ServerResponse {
  readonly status: number
  /** The parsed JSON body; null if there is none. */
  readonly body: unknown
  /** The errors of the body without known secrets; absent if they hold none. */
  readonly maskedErrors?: readonly string[]
  /** The `Retry-After` header: the seconds, or the date, until the next try. */
  readonly retryAfter?: string
  /** No token was sent with the request. */
  readonly withoutToken?: true
}

/** Sends requests to nodes. `send` rejects only if no answer arrives. */
export interface Transport {
  send(node: NodeAddress, request: ServerRequest, signal?: AbortSignal): Promise<ServerResponse>
  close(): Promise<void>
}
