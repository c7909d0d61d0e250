/** A request to a code host, its answer, and what every request needs. */
import type { JsonObject } from '../domain/exchange.ts'
import type { Agents } from '../server/agents.ts'

export interface HostClientSettings {
  /** `GitHub`, for messages. */
  readonly name: string
  /** Of the API: scheme, host, and the path before every request, without a slash at the end. */
  readonly base: string
  readonly headers: Readonly<Record<string, string>>
  /** The variable that the token was read from, for messages. */
  readonly tokenVariable: string
  /** Says what the token needs, if it may not do something. */
  readonly neededRights: string
  /** Takes the token out of what the host says. */
  readonly mask: (text: string) => string
  /** The connections to the host, directly or through a proxy. Who makes them closes them. */
  readonly agents: Agents
  /** Milliseconds for a whole answer. */
  readonly timeout: number
  /** In milliseconds, for a `Retry-After` that is a date. */
  readonly now: () => number
  /** Called with one line for each request and its status. */
  readonly log?: (text: string) => void
}

export interface HostRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT'
  /** Below the base, with its query. Each part from elsewhere is encoded. */
  readonly path: string
  readonly body?: JsonObject
}

export interface HostAnswer {
  readonly status: number
  /** Undefined if it is not JSON. */
  readonly body: unknown
  /** True if a `Link` header names a next page. */
  readonly hasNext: boolean
}
