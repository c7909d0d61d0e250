/**
 * A transport that sends a refused request again if there is another token for it, and that can be
 * abandoned before the process ends.
 */
import type { Transport } from '../domain/exchange.ts'
import { mayBeUnknownToken } from '../server/faults.ts'

export interface TokenInUse {
  /** The token of the requests that are sent now. */
  readonly token: () => string
  /**
   * The token to send a request with that was refused with `refused`; it may be the same one, if a
   * node needs time to learn it. Undefined if there is none. Never throws.
   */
  readonly replace: (refused: string) => Promise<string | undefined>
  /** Ends what keeps the token alive, before the connections are closed. */
  readonly end?: () => Promise<void>
}

export interface TokenTransport extends Transport {
  /**
   * Ends the token, before the process ends. From then on no request is answered: what is under way
   * must not report that a token is refused which was revoked on purpose.
   */
  readonly abandon: () => Promise<void>
}

/** A request is sent at most so often: the second token may be new to a standby. */
const MOST_SENDS = 3

/** Servers carry nothing out that they refuse with 403, so writes are sent again too. */
export function replaceRefusedToken(transport: Transport, inUse: TokenInUse): TokenTransport {
  const sendWithToken: Transport['send'] = async (node, request, signal) => {
    for (let sends = 1; ; sends += 1) {
      const sentWith = inUse.token()
      const response = await transport.send(node, request, signal)
      if (response.status !== 403 || sends === MOST_SENDS) return response
      if (request.anonymous === true || !mayBeUnknownToken(response)) return response
      // The refusal is the better error if there is no other token.
      if ((await inUse.replace(sentWith)) === undefined) return response
    }
  }
  let isAbandoned = false
  const end = async (): Promise<void> => inUse.end?.()
  return {
    close: async () => {
      await end()
      await transport.close()
    },
    abandon: () => {
      isAbandoned = true
      return end()
    },
    send: async (...sent) => {
      try {
        return await sendWithToken(...sent)
      } finally {
        if (isAbandoned) await new Promise<never>(() => undefined)
      }
    },
  }
}
