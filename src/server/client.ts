/**
 * Sends reads and writes over a transport. Reads are retried; writes only if the server says that
 * it carried nothing out. A read without an answer throws. A write whose answer was lost returns
 * `lost`, and the caller reads what the server has now.
 */
import { LockstepError } from '../domain/errors.ts'
import type { ServerResponse, Transport } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { createPatience, isRateLimited } from './patience.ts'
import { createReader, type Reader, type ReaderOptions } from './reader.ts'
import type { WriteRequest } from './requests.ts'

/**
 * `answered`: the server answered the write. `lost`: it is unknown whether the server carried the
 * write out.
 */
export type WriteOutcome =
  | { readonly kind: 'answered'; readonly response: ServerResponse }
  | { readonly kind: 'lost'; readonly error: unknown }

export interface Client extends Reader {
  /**
   * Sends a write. Sends it again only after a 429 (too many requests), because then the server did
   * not carry it out; stops that when `givesUp` returns true. Throws a LockstepError if nothing was
   * sent.
   */
  write(node: NodeAddress, request: WriteRequest, givesUp?: () => boolean): Promise<WriteOutcome>
  /** How often the client waited for a busy or rate-limiting node. */
  busyWaits(): number
  close(): Promise<void>
}

export interface ClientOptions extends ReaderOptions {
  readonly transport: Transport
}

/** A client over `options.transport`. `close` closes the transport. */
export function createClient(options: ClientOptions): Client {
  const { transport, wait } = options
  let busyWaits = 0
  const patience = options.patience && {
    ...options.patience,
    onWait: (node: NodeAddress, milliseconds: number): void => {
      busyWaits += 1
      options.patience?.onWait?.(node, milliseconds)
    },
  }
  return {
    ...createReader({ ...options, ...(patience !== undefined && { patience }) }),
    busyWaits: () => busyWaits,
    write: async (node, request, givesUp) => {
      const waitForBusy = createPatience(patience, node)
      for (;;) {
        let response
        try {
          response = await transport.send(node, request)
        } catch (error) {
          if (error instanceof LockstepError) throw error
          return { kind: 'lost', error }
        }
        const pause = isRateLimited(response) ? waitForBusy(response) : undefined
        if (pause === undefined) return { kind: 'answered', response }
        await wait(pause)
        if (givesUp?.() === true) return { kind: 'answered', response }
      }
    },
    close: () => transport.close(),
  }
}
