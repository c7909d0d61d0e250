/**
 * Sends reads over a transport and repeats them while the answer is temporary. Changes nothing: it
 * accepts only requests that read.
 */
import type { ServerResponse, Transport } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { remember } from '../domain/remember.ts'
import { isDenied, noAnswerError } from './faults.ts'
import { createPatience, isBusy, isRateLimited, type PatienceOptions } from './patience.ts'
import { createRequestLimits, type RequestLimits } from './request-limits.ts'
import type { ReadRequest } from './requests.ts'

export interface Reader {
  /**
   * The answer, with any status. Throws a LockstepError if no answer came. The first requests that a
   * node denies are sent again once, after a short wait: it may not know a new token yet.
   */
  ask(node: NodeAddress, request: ReadRequest, signal?: AbortSignal): Promise<ServerResponse>
  /** Waits. Tests pass a function that does not wait. */
  wait(milliseconds: number): Promise<void>
  /**
   * Differences that a second reading did not change. They are not waited for again while the
   * program runs.
   */
  readonly lasting: Set<string>
}

/** Waits between the tries of a read, in milliseconds. */
const RETRY_AFTER = [100, 300, 900] as const

/** Milliseconds after which every node knows a new token. A standby of OpenBao took up to 120. */
const TOKEN_KNOWN_WITHIN = 250

export interface ReaderOptions {
  readonly transport: Pick<Transport, 'send'>
  readonly wait: (milliseconds: number) => Promise<void>
  /** How to wait for a busy server. Absent: not at all. */
  readonly patience?: PatienceOptions
  /** Share it between the readers of one cluster. */
  readonly lasting?: Set<string>
  /** Share them between the readers of one cluster. */
  readonly limits?: RequestLimits
}

/** A reader over `transport`. */
export function createReader({
  transport,
  wait,
  patience,
  lasting = new Set(),
  limits = createRequestLimits(),
}: ReaderOptions): Reader {
  /** Nodes that had the time to learn the token: what they deny now, they deny. */
  const knowsToken = new Set<NodeAddress>()
  const learning = new Map<NodeAddress, Promise<void>>()
  const letLearn = (node: NodeAddress): Promise<void> =>
    remember(learning, node, async () => {
      await wait(TOKEN_KNOWN_WITHIN)
      knowsToken.add(node)
    })

  const ask: Reader['ask'] = async (node, request, signal) => {
    const send = (): Promise<ServerResponse> =>
      limits.run(node, () => askUntilAnswered(node, request, signal))
    const isFinal = knowsToken.has(node)
    const response = await send()
    if (isFinal || !isDenied(response)) return response
    await letLearn(node)
    return send()
  }

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
        if (pause === undefined) throw noAnswerError(node, request, error)
      }
      await wait(pause)
    }
  }

  return {
    ask,
    wait,
    lasting,
  }
}

/**
 * True for answers after which a short wait is enough: a gateway's, and the 500s of a mount whose
 * shared plugin process was just replaced (by a reload of another mount).
 */
function isPassing(response: ServerResponse): boolean {
  const { status } = response
  if (status === 502 || status === 504) return true
  if (status !== 500) return false
  return /code = (Unavailable|Canceled)|internal error|EOF/.test(JSON.stringify(response.body))
}

/**
 * True if the connection broke: the next try may succeed. Not for a node that refuses connections
 * (it is down) or does not answer in time (it hangs): another try would only delay the error.
 */
function isCut(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === 'ECONNRESET' || error.code === 'EPIPE'
}
