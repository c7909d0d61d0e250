/**
 * Reads over a transport, asked again while the answer is a passing one. Changes nothing: what it
 * takes are requests that read.
 */
import type { ServerResponse, Transport } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { isDenied, noAnswer } from './faults.ts'
import { createPatience, isBusy, isRateLimited, type PatienceOptions } from './patience.ts'
import { createRequestLimits, type RequestLimits } from './request-limits.ts'
import type { ReadRequest } from './requests.ts'

export interface Reader {
  /** Any answer, whatever its status. Throws a LockstepError where none came. */
  ask(node: NodeAddress, request: ReadRequest, signal?: AbortSignal): Promise<ServerResponse>
  /** As `ask`, and once more where it is refused, since the node may not know the token yet. */
  askTwice(node: NodeAddress, request: ReadRequest): Promise<ServerResponse>
  /** Waits, as the caller would; handed in so that tests do not. */
  wait(milliseconds: number): Promise<void>
  /** What asking again did not change: it is not asked again while the program runs. */
  readonly lasting: Set<string>
}

/** Waits between the tries of a read, in milliseconds. */
const RETRY_AFTER = [100, 300, 900] as const

/** Milliseconds in which every node knows a new token; a standby of OpenBao took up to 120. */
const TOKEN_KNOWN_WITHIN = 250

export interface ReaderOptions {
  readonly transport: Pick<Transport, 'send'>
  readonly wait: (milliseconds: number) => Promise<void>
  /** How a server that is busy is waited for; absent: not at all. */
  readonly patience?: PatienceOptions
  /** Shared by readers of one cluster; of its own if not said. */
  readonly lasting?: Set<string>
  /** Shared by readers of one cluster; of its own if not said. */
  readonly limits?: RequestLimits
}

export function createReader({
  transport,
  wait,
  patience,
  lasting = new Set(),
  limits = createRequestLimits(),
}: ReaderOptions): Reader {
  const ask: Reader['ask'] = (node, request, signal) =>
    limits.run(node, () => askUntilAnswered(node, request, signal))

  async function askUntilAnswered(
    node: NodeAddress,
    request: ReadRequest,
    signal?: AbortSignal,
  ): Promise<ServerResponse> {
    const waitForBusy = createPatience(patience, node)
    const pauses = RETRY_AFTER.values()
    for (;;) {
      let pause: number | undefined
      try {
        const response = await transport.send(node, request, signal)
        if (isRateLimited(response)) limits.slowDown(node)
        if (isBusy(response)) pause = waitForBusy(response)
        else if (isPassing(response)) pause = pauses.next().value
        if (pause === undefined) return response
      } catch (error) {
        if (signal?.aborted !== true && isCut(error)) pause = pauses.next().value
        if (pause === undefined) throw noAnswer(node, request, error)
      }
      await wait(pause)
    }
  }

  return {
    ask,
    askTwice: async (node, request) => {
      const response = await ask(node, request)
      if (!isDenied(response)) return response
      await wait(TOKEN_KNOWN_WITHIN)
      return ask(node, request)
    },
    wait,
    lasting,
  }
}

/**
 * Answers after which a short wait is enough: a gateway's, and the 500s of a mount whose shared
 * plugin process was just replaced under it (a sibling's reload does that).
 */
function isPassing(response: ServerResponse): boolean {
  const { status } = response
  if (status === 502 || status === 504) return true
  if (status !== 500) return false
  return /code = (Unavailable|Canceled)|internal error|EOF/.test(JSON.stringify(response.body))
}

/**
 * The connection broke: the next try may fare better. A node that refuses it is down, and one that
 * did not answer in time hangs: asking again only delays the news.
 */
function isCut(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === 'ECONNRESET' || error.code === 'EPIPE'
}
