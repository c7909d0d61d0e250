/** One request to one node and its answer: what the HTTP client sends and what the twin answers. */
import type { Namespace, NodeAddress } from './names.ts'

/** A JSON object of a request or an answer; nothing is known of its fields. */
export type JsonObject = Readonly<Record<string, unknown>>

export interface ServerRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/v1/`, with its query. */
  readonly path: string
  readonly body?: JsonObject
  readonly namespace: Namespace
  /** False: the node must answer for itself (`X-Vault-No-Request-Forwarding: true`). */
  readonly forwarding: boolean
  /** Sent without the token: any node answers it, to anybody. */
  readonly anonymous?: true
}

export interface ServerResponse {
  readonly status: number
  /** The parsed JSON body; null when there was none. */
  readonly body: unknown
  /** Its errors as they may be told; absent where they hold no secret that is known. */
  readonly told?: readonly string[]
  /** The header of that name: seconds or a date after which to come back. */
  readonly retryAfter?: string
  /** No token was sent with the request. */
  readonly withoutToken?: true
}

/** Sends a request to a node. Rejects only when no answer arrived. */
export interface Transport {
  send(node: NodeAddress, request: ServerRequest, signal?: AbortSignal): Promise<ServerResponse>
  close(): Promise<void>
}
