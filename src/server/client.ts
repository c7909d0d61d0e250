/**
 * Reads that are retried and writes that never are, over a transport. A read throws when it got
 * no answer; a write whose answer was lost says so, and the caller reads what came of it.
 */
import type { ServerRequest, ServerResponse, Transport } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { isDenied, noAnswer, refusal } from './faults.ts'
import { readOwnToken } from './requests.ts'

/** A write was answered, or nobody knows whether it was carried out. */
export type WriteOutcome =
  | { readonly kind: 'answered'; readonly response: ServerResponse }
  | { readonly kind: 'lost'; readonly error: unknown }

export interface Client {
  /** Any answer, whatever its status. Retried while it is none or passing. */
  ask(node: NodeAddress, request: ServerRequest, signal?: AbortSignal): Promise<ServerResponse>
  /** The body of a 2xx answer; throws a LockstepError that explains any other. */
  read(node: NodeAddress, request: ServerRequest, signal?: AbortSignal): Promise<unknown>
  /** Sent once. */
  write(node: NodeAddress, request: ServerRequest): Promise<WriteOutcome>
  /** Waits, as the caller would; handed in so that tests do not. */
  wait(milliseconds: number): Promise<void>
  close(): Promise<void>
}

/** Waits between the tries of a read, in milliseconds. */
const RETRY_AFTER = [100, 300, 900] as const

/** Milliseconds in which every node knows a new token; a standby of OpenBao took up to 120. */
const TOKEN_KNOWN_WITHIN = 250

export interface ClientOptions {
  readonly transport: Transport
  readonly wait: (milliseconds: number) => Promise<void>
}

export function createClient({ transport, wait }: ClientOptions): Client {
  async function ask(
    node: NodeAddress,
    request: ServerRequest,
    signal?: AbortSignal,
  ): Promise<ServerResponse> {
    for (const pause of [...RETRY_AFTER, undefined]) {
      try {
        const response = await transport.send(node, request, signal)
        if (pause === undefined || !isPassing(response)) return response
      } catch (error) {
        // A node that refuses the connection is down, not busy: asking again only delays the news.
        if (pause === undefined || signal?.aborted === true || !isCut(error)) {
          throw noAnswer(node, error)
        }
      }
      await wait(pause)
    }
    throw new TypeError('unreachable: the last try returns or throws')
  }

  async function read(node: NodeAddress, request: ServerRequest, signal?: AbortSignal) {
    let response = await ask(node, request, signal)
    if (isDenied(response)) {
      await wait(TOKEN_KNOWN_WITHIN)
      response = await ask(node, request, signal)
    }
    if (response.status >= 200 && response.status < 300) return response.body
    const valid = isDenied(response) ? await tokenIsValid(node) : undefined
    throw refusal(node, request, response, valid)
  }

  /** Told apart from a missing right: any living token may look itself up. */
  async function tokenIsValid(node: NodeAddress): Promise<boolean> {
    return !isDenied(await ask(node, readOwnToken()))
  }

  return {
    ask,
    read,
    wait,
    write: async (node, request) => {
      try {
        return { kind: 'answered', response: await transport.send(node, request) }
      } catch (error) {
        return { kind: 'lost', error }
      }
    },
    close: () => transport.close(),
  }
}

/**
 * Answers that a short wait mends: too many requests, a gateway's, and the 500s of a mount whose
 * shared plugin process was just replaced under it (a sibling's reload does that).
 */
function isPassing(response: ServerResponse): boolean {
  const { status } = response
  if (status === 429 || status === 502 || status === 504) return true
  if (status === 503) return !/sealed/i.test(JSON.stringify(response.body))
  if (status !== 500) return false
  return /code = (Unavailable|Canceled)|internal error|EOF/.test(JSON.stringify(response.body))
}

/** The connection broke or the answer did not come: the next try may fare better. */
function isCut(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === 'ECONNRESET' || error.code === 'EPIPE' || error.code === 'ETIMEDOUT'
}
